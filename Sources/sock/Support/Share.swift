import ArgumentParser

/// A part of a whole on the command line, in percent: `5%`, `0.1%`, `5`.
struct Share: ExpressibleByArgument, Equatable, CustomStringConvertible {
    /// From 0 to 1.
    let fraction: Double

    static let none = Share(fraction: 0)

    private init(fraction: Double) { self.fraction = fraction }

    init?(argument: String) {
        let number = argument.hasSuffix("%") ? argument.dropLast() : argument[...]
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let percent = Double(number), percent <= 100
        else { return nil }
        fraction = percent / 100
    }

    var description: String { "\(fraction * 100)%" }
}
