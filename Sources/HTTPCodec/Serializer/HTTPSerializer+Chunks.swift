public import HTTPTypes

extension HTTPSerializer {
    /// Appends what goes before a chunk's data: its size and CRLF (RFC 9112 §7.1).
    ///
    /// For data that is sent from where it is. `size` is positive: a chunk of no bytes would end the body.
    public static func appendChunkHead(size: Int, to buffer: inout [UInt8]) {
        precondition(size > 0, "a chunk of \(size) bytes is not part of a body")
        buffer.append(hexadecimal: UInt64(size))
        buffer.append("\r\n")
    }

    /// Appends what goes after a chunk's data: CRLF.
    public static func appendChunkEnd(to buffer: inout [UInt8]) {
        buffer.append("\r\n")
    }

    /// Appends a whole chunk; nothing if `data` is empty, because that would end the body.
    public static func appendChunk(_ data: RawSpan, to buffer: inout [UInt8]) {
        guard !data.isEmpty else { return }
        appendChunkHead(size: data.byteCount, to: &buffer)
        // The pointer does not leave the closure.
        unsafe data.withUnsafeBytes { bytes in unsafe buffer.append(contentsOf: bytes) }
        appendChunkEnd(to: &buffer)
    }

    /// Appends the last chunk, the trailers and the end of the body.
    ///
    /// - Throws: for a trailer that a recipient would refuse (`HTTPRule.forbiddenTrailer`). The buffer is as
    ///   it was then.
    public static func appendLastChunk(
        trailers: HTTPFields = [:],
        to buffer: inout [UInt8]
    ) throws(HTTPMessageError) {
        for field in trailers where FieldRole(of: field.name).isForbiddenInTrailers {
            throw .forbiddenTrailer(field.name.rawName)
        }
        buffer.append("0\r\n")
        for field in trailers { append(field, to: &buffer) }
        buffer.append("\r\n")
    }
}
