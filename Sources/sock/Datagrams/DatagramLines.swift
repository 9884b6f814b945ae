/// Cuts the input into lines, each of which is a datagram for everybody.
///
/// One that no datagram can carry is dropped whole, however long it is, and said.
struct DatagramLines {
    enum Line: Equatable {
        /// With its newline, if it had one.
        case whole([UInt8])
        /// Bytes of the line that was dropped.
        case tooLong(Int)
    }

    private let limit: Int
    private var pending: [UInt8] = []
    /// Of the line that is being dropped.
    private var droppedSize = 0

    init(limit: Int = DatagramSize.sendLimit) { self.limit = limit }

    mutating func take(_ bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            append(rest[...newline])
            lines += finish()
            rest = rest[(newline + 1)...]
        }
        append(rest)
        return lines
    }

    /// What is left at the end of the input.
    mutating func finish() -> [Line] {
        defer { (pending, droppedSize) = ([], 0) }
        if droppedSize > 0 { return [.tooLong(droppedSize)] }
        return pending.isEmpty ? [] : [.whole(pending)]
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if droppedSize > 0 || pending.count + bytes.count > limit {
            droppedSize += pending.count + bytes.count
            pending = []
        } else {
            pending += bytes
        }
    }
}
