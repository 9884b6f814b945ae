/// The input of a pipe, first line by line and then as it comes.
struct InputLines {
    private let input = StandardInput()
    private var rest: [UInt8] = []
    private var hasEnded = false

    /// Bytes a line may have before it is given out in pieces.
    ///
    /// Arbitrary: more than any name.
    private static let lineLimit = 65_536

    /// The next line with its newline, which the last one may lack; nil at the end.
    mutating func line() async -> [UInt8]? {
        while true {
            if let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { rest.removeFirst(newline + 1) }
                return Array(rest[...newline])
            }
            guard !hasEnded, rest.count < Self.lineLimit, let chunk = await input.next() else {
                hasEnded = true
                return await next()
            }
            rest += chunk
        }
    }

    /// The next bytes, whatever they are; nil at the end.
    mutating func next() async -> [UInt8]? {
        guard rest.isEmpty else {
            defer { rest = [] }
            return rest
        }
        return hasEnded ? nil : await input.next()
    }
}
