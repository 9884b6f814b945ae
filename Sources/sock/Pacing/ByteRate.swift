import ArgumentParser

/// A speed of the command line in bytes a second: `800`, `10k`, `1.5M`, `64Ki`.
///
/// k, M and G are powers of 1000, as in networks; Ki, Mi and Gi of 1024, as in memory. Capitals do
/// not matter.
struct ByteRate: ExpressibleByArgument, Equatable, CustomStringConvertible {
    let bytesPerSecond: Int

    /// The fastest that can be asked for.
    ///
    /// Arbitrary: 10 GB/s, more than one connection carries.
    static let limit = 10_000_000_000

    init?(argument: String) {
        var number = Substring(argument.lowercased())
        var unit = 1.0
        let isBinary = number.hasSuffix("i")
        if isBinary { number.removeLast() }
        if let power = ["k", "m", "g"].firstIndex(of: number.suffix(1)) {
            number.removeLast()
            for _ in 0...power { unit *= isBinary ? 1024 : 1000 }
        } else if isBinary {
            return nil
        }
        // Digits and a point: Double alone would also take "0x10", "1e3" and "inf".
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(number), value * unit >= 1, value * unit <= Double(Self.limit)
        else { return nil }
        bytesPerSecond = Int(value * unit)
    }

    var description: String { "\(bytesPerSecond) bytes a second" }
}
