import ArgumentParser

/// A number of bytes on the command line: `800`, `10k`, `1.5M`, `64Ki`, `10MB`, `1MiB`.
///
/// k, M, G and T are powers of 1000, as in networks; Ki, Mi, Gi and Ti of 1024, as in memory. A B
/// may follow, and capitals do not matter. The one grammar of sizes: every option of every command
/// reads them here.
struct ByteSize: ExpressibleByArgument, Equatable, CustomStringConvertible {
    let bytes: Int

    /// The most that can be said.
    ///
    /// Arbitrary: 1 PB, and far from what an Int holds.
    static let limit = 1_000_000_000_000_000

    init?(argument: String) {
        guard let bytes = Self.parse(argument, 1...Self.limit) else { return nil }
        self.bytes = bytes
    }

    /// A size within a range, or nil.
    static func parse(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        var number = Substring(text.lowercased())
        if number.hasSuffix("b") { number.removeLast() }
        var unit = 1.0
        let isBinary = number.hasSuffix("i")
        if isBinary { number.removeLast() }
        if let power = ["k", "m", "g", "t"].firstIndex(of: number.suffix(1)) {
            number.removeLast()
            for _ in 0...power { unit *= isBinary ? 1024 : 1000 }
        } else if isBinary {
            return nil
        }
        // Digits and a point: Double alone would also take "0x10", "1e3" and "inf".
        guard number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(number), value * unit >= Double(range.lowerBound),
            value * unit <= Double(range.upperBound)
        else { return nil }
        return Int(value * unit)
    }

    /// What reads an option's size, and says its range where it is none.
    static func parser(
        of option: String,
        _ range: ClosedRange<Int>
    ) -> @Sendable (String) throws -> Int {
        { text in
            guard let size = parse(text, range) else {
                throw ValidationError(
                    "\(option) takes \(range.lowerBound) to \(range.upperBound) bytes (64k, 1Ki), not"
                        + " '\(text.printable)'"
                )
            }
            return size
        }
    }

    var description: String { "\(bytes) bytes" }
}
