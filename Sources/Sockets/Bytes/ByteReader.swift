internal import Glibc

/// Reads a stream in pieces with a meaning: lines, delimited and counted pieces, length-prefixed
/// frames.
///
/// It reads ahead into its own ``ByteBuffer``: bytes that have come and belong to no piece yet stay
/// there, so a cancelled read loses nothing and the next one, of whatever kind, goes on where it
/// was. Every read has a limit, because the peer decides how long a piece is.
///
/// ```swift
/// let reader = ByteReader(connection)
/// while let line = try await reader.line(limit: 512) { print(line) }
/// ```
///
/// It belongs to one task.
public final class ByteReader<Stream: ByteStream> {
    /// The stream it reads.
    public let stream: Stream
    private var buffer: ByteBuffer
    /// Bytes already searched for ``sought``, so that none is looked at twice.
    private var searched = 0
    private var sought: UInt8 = 0

    /// A reader of a stream from here on.
    public init(_ stream: Stream) {
        self.stream = stream
        buffer = ByteBuffer(limit: .max)
    }

    /// Bytes that have come and were not given out.
    public var bufferedCount: Int { buffer.count }

    /// A line without its end (`\n` or `\r\n`), at most `limit` bytes long; nil at the end of the
    /// stream.
    ///
    /// Bytes after the last line end are a line too.
    ///
    /// Fails with ``SocketError/Code/limitExceeded`` for a longer line and with
    /// ``SocketError/Code/malformed`` for one that is not UTF-8; the detail says where.
    public func line(limit: Int) async throws(SocketError) -> String? {
        guard let bytes = try await lineBytes(limit: limit) else { return nil }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let offset = Self.firstPlaceThatIsNotUTF8(in: bytes)
        throw SocketError(
            .malformed,
            in: .receive,
            detail: "a line is not UTF-8 at its byte \(offset)"
        )
    }

    /// A line as bytes, which need not be UTF-8.
    ///
    /// Like ``line(limit:)``.
    public func lineBytes(limit: Int) async throws(SocketError) -> [UInt8]? {
        // One more for the carriage return that is not part of the line.
        guard var line = try await piece(endingWith: 0x0A, limit: limit, allowance: 1) else {
            return nil
        }
        if line.last == 0x0D { line.removeLast() }
        if line.count > limit { throw Self.tooLong("line", limit) }
        return line
    }

    /// Bytes up to a delimiter, which is consumed and not returned; nil at the end of the stream.
    ///
    /// Bytes after the last delimiter are a piece too.
    ///
    /// Fails with ``SocketError/Code/limitExceeded`` when more than `limit` bytes come without it.
    public func bytes(
        endingWith delimiter: UInt8,
        limit: Int
    ) async throws(SocketError) -> [UInt8]? {
        try await piece(endingWith: delimiter, limit: limit, allowance: 0)
    }

    /// Exactly so many bytes; nil at the end of the stream.
    ///
    /// Fails with ``SocketError/Code/unexpectedEnd`` when the stream ends in the middle; what had
    /// come stays buffered.
    public func bytes(exactly count: Int) async throws(SocketError) -> [UInt8]? {
        precondition(count >= 0, "a negative count of bytes")
        while buffer.count < count {
            if try await receive() == 0 {
                if buffer.isEmpty { return nil }
                throw SocketError(
                    .unexpectedEnd,
                    in: .receive,
                    transferredCount: buffer.count,
                    detail: "\(count) bytes were expected"
                )
            }
        }
        return take(count)
    }

    /// A frame whose length stands before it as a big-endian integer; nil at the end of the stream.
    ///
    /// ```swift
    /// let frame = try await reader.frame(lengthPrefix: UInt32.self, limit: 1 << 20)
    /// ```
    /// Fails with ``SocketError/Code/limitExceeded`` for a longer frame before any byte of it is
    /// kept, and with ``SocketError/Code/unexpectedEnd`` for one that is cut.
    public func frame<Length: FixedWidthInteger & UnsignedInteger>(
        lengthPrefix: Length.Type,
        limit: Int
    ) async throws(SocketError) -> [UInt8]? {
        let size = MemoryLayout<Length>.size
        while buffer.count < size {
            if try await receive() == 0 {
                if buffer.isEmpty { return nil }
                throw SocketError(.unexpectedEnd, in: .receive, detail: "in a frame's length")
            }
        }
        var length: Length = 0
        for byte in buffer.prefix(size) { length = length << 8 | Length(byte) }
        guard let count = Int(exactly: length), count <= limit else {
            throw SocketError(
                .limitExceeded,
                in: .receive,
                detail: "a frame of \(length) bytes, and the limit is \(limit)"
            )
        }
        while buffer.count < size + count {
            if try await receive() == 0 {
                throw SocketError(
                    .unexpectedEnd,
                    in: .receive,
                    detail: "in a frame of \(count) bytes, after \(buffer.count - size)"
                )
            }
        }
        buffer.consume(size)
        return take(count)
    }

    /// The next bytes as they come, whatever they are: at least one, zero for the end, which gives
    /// an empty array.
    public func next() async throws(SocketError) -> [UInt8] {
        if buffer.isEmpty, try await receive() == 0 { return [] }
        return take(buffer.count)
    }

    // MARK: Helpers

    private func receive() async throws(SocketError) -> Int {
        try await stream.receive(into: &buffer)
    }

    private func take(_ count: Int) -> [UInt8] {
        let bytes = buffer.prefix(count)
        buffer.consume(count)
        searched = 0
        return bytes
    }

    private func piece(
        endingWith delimiter: UInt8,
        limit: Int,
        allowance: Int
    ) async throws(SocketError) -> [UInt8]? {
        precondition(limit >= 0, "a negative limit")
        // A read that failed may have searched for another.
        if sought != delimiter { (sought, searched) = (delimiter, 0) }
        while true {
            if let end = buffer.firstIndex(of: delimiter, from: searched) {
                if end - allowance > limit { throw Self.tooLong("piece", limit) }
                var piece = take(end + 1)
                piece.removeLast()
                return piece
            }
            searched = buffer.count
            if searched - allowance > limit { throw Self.tooLong("piece", limit) }
            if try await receive() == 0 { return buffer.isEmpty ? nil : take(buffer.count) }
        }
    }

    /// Where the first byte is that belongs to no character.
    private static func firstPlaceThatIsNotUTF8(in bytes: [UInt8]) -> Int {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return bytes.count
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    private static func tooLong(_ what: String, _ limit: Int) -> SocketError {
        SocketError(
            .limitExceeded,
            in: .receive,
            detail: "a \(what) of more than \(limit) bytes"
        )
    }
}

extension ByteBuffer {
    /// A copy of the first bytes.
    func prefix(_ count: Int) -> [UInt8] { unsafe Array(contents.prefix(count)) }

    /// Where a byte is, counted from the start, looking from an offset on.
    func firstIndex(of byte: UInt8, from offset: Int) -> Int? {
        let contents = unsafe contents
        guard offset < contents.count, let base = contents.baseAddress,
            let found = unsafe memchr(base + offset, CInt(byte), contents.count - offset)
        else { return nil }
        return unsafe UnsafeRawPointer(found) - base
    }
}
