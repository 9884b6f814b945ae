import ArgumentParser

/// A number of bytes on the command line: `800`, `10k`, `1.5M`, `64Ki`.
///
/// k, M and G are powers of 1000, as in networks; Ki, Mi and Gi of 1024, as in memory. Capitals do
/// not matter.
struct ByteSize: ExpressibleByArgument, Equatable {
    let bytes: Int

    /// The most that can be said.
    ///
    /// Arbitrary: 1 PB, and far from what an Int holds.
    static let limit = 1_000_000_000_000_000

    init?(argument: String) {
        guard let bytes = Self.parse(argument, limit: Self.limit) else { return nil }
        self.bytes = bytes
    }

    /// At least one byte and at most `limit`, or nil.
    static func parse(_ text: String, limit: Int) -> Int? {
        var number = Substring(text.lowercased())
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
            let value = Double(number), value * unit >= 1, value * unit <= Double(limit)
        else { return nil }
        return Int(value * unit)
    }
}
