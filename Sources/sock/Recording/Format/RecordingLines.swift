/// Cuts the bytes of a recording into lines, as they are read.
struct RecordingLines {
    /// The longest line, without its newline.
    ///
    /// The longest that is written is about 130 KiB (a payload's limit, every byte escaped); a line
    /// written by hand may escape each byte in six.
    static let lineSizeLimit = 1 << 19

    struct Line: Equatable {
        /// Counted from 1.
        var number: Int
        /// Of its first byte in the file.
        var offset: Int64
        var text: ArraySlice<UInt8>
        /// Whether its newline was there: only the last line of a file can be without.
        var isWhole: Bool
    }

    private var pending: [UInt8] = []
    private var start = 0
    /// How far `pending` is known to have no newline.
    private var searched = 0
    private var number: Int
    private var offset: Int64

    /// From a line of a file on.
    init(from number: Int = 1, offset: Int64 = 0) {
        self.number = number
        self.offset = offset
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            pending.removeFirst(start)
            searched -= start
            start = 0
        }
        pending += bytes
    }

    /// The next whole line that has come, or nil.
    mutating func next() throws(RecordingError) -> Line? {
        guard let newline = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = pending.count
            guard pending.count - start <= Self.lineSizeLimit else { throw tooLong }
            return nil
        }
        guard newline - start <= Self.lineSizeLimit else { throw tooLong }
        defer { searched = newline + 1 }
        return take(upTo: newline, isWhole: true)
    }

    /// At the end of the file: what is left behind the last newline, or nil.
    mutating func last() -> Line? {
        guard start < pending.count else { return nil }
        searched = pending.count
        return take(upTo: pending.count, isWhole: false)
    }

    private mutating func take(upTo end: Int, isWhole: Bool) -> Line {
        let line = Line(
            number: number,
            offset: offset,
            text: pending[start..<end],
            isWhole: isWhole
        )
        let size = end - start + (isWhole ? 1 : 0)
        start += size
        offset += Int64(size)
        number += 1
        return line
    }

    private var tooLong: RecordingError {
        .init(line: number, what: "the line is longer than \(Self.lineSizeLimit) bytes")
    }
}
