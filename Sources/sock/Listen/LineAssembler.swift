/// Cuts a stream into pieces that end with a newline, so that several streams share an output
/// without mixing within a line.
struct LineAssembler {
    /// A longer line goes out in pieces: nobody makes it wait, or grow, without end.
    ///
    /// Arbitrary.
    static let lineSizeLimit = 65_536

    private var pending: [UInt8] = []

    /// Whole lines, up to the last newline that has come; nothing when there is none.
    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        guard let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
            pending += bytes
            return pending.count >= Self.lineSizeLimit ? finish() : []
        }
        let lines = pending + bytes[...newline]
        pending = Array(bytes[(newline + 1)...])
        return lines
    }

    /// What is left at the end of the stream.
    mutating func finish() -> [UInt8] {
        defer { pending = [] }
        return pending
    }
}
