import Glibc

/// Reads a recording from a place in its file on: pread(2), so that any number read side by side.
struct RecordingReader {
    private let descriptor: CInt
    private var lines: RecordingLines
    private var offset: Int64
    private var isAtEnd = false
    /// Whether the last line is there only in part, as a crash leaves it.
    private(set) var isCutOff = false

    /// Read at once.
    ///
    /// Arbitrary: a line of the longest payload, more or less.
    private static let chunkSize = 131_072

    init(_ descriptor: CInt, from line: Int = 1, offset: Int64 = 0) {
        self.descriptor = descriptor
        lines = RecordingLines(from: line, offset: offset)
        self.offset = offset
    }

    mutating func header() throws -> RecordingHeader {
        guard let line = try line() else {
            throw RecordingError(line: 1, what: "the file is empty: this is no recording")
        }
        do {
            return try RecordingDecoder.header(line.text)
        } catch {
            // Of a recording that was cut off here, nothing could be played.
            throw RecordingError(line: line.number, what: error.what)
        }
    }

    /// The next event and its line; nil at the end.
    mutating func next() throws -> (RecordingEvent, RecordingLines.Line)? {
        guard let line = try line() else { return nil }
        do {
            return (try RecordingDecoder.event(line.text), line)
        } catch {
            guard line.isWhole else {
                isCutOff = true
                return nil
            }
            throw RecordingError(line: line.number, what: error.what)
        }
    }

    private mutating func line() throws -> RecordingLines.Line? {
        while !isAtEnd {
            if let line = try lines.next() { return line }
            let chunk = try read()
            if chunk.isEmpty {
                isAtEnd = true
                return lines.last()
            }
            offset += Int64(chunk.count)
            lines.append(chunk)
        }
        return nil
    }

    private func read() throws -> [UInt8] {
        while true {
            var error: CInt = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkSize) {
                let result = unsafe pread(descriptor, $0.baseAddress, Self.chunkSize, Int(offset))
                if result < 0 { error = errno }
                $1 = max(0, result)
            }
            if error == 0 { return bytes }
            if error != EINTR { throw SystemError(number: error) }
        }
    }
}
