internal import CZlib

/// Inflates one message (RFC 7692 §7.2.2).
///
/// It exists only while the message comes, and belongs to one ``WebSocketMachine``, which cannot be
/// copied: that is what makes it sendable.
@safe final class Inflater: @unchecked Sendable {
    // zlib's state points back to this, so it must not move. inflateEnd and deallocate in `deinit`
    // belong to init's calls.
    private let stream: UnsafeMutablePointer<z_stream>

    private let windowBits: Int

    /// Inflated at a time, on the stack.
    ///
    /// Arbitrary: small enough for any thread's stack.
    private static let chunkSize = 8192

    init(windowBits: Int) {
        self.windowBits = windowBits
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // Negative: raw DEFLATE, with no header of zlib's (RFC 7692 §7.2.1).
        let result = unsafe inflateInit2_(
            stream,
            -CInt(windowBits),
            ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size)
        )
        precondition(result == Z_OK, "zlib has no memory, or is not the zlib this was built with")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends what the next bytes inflate to.
    func inflate(
        _ bytes: RawSpan,
        into message: inout MessageBytes
    ) throws(WebSocketViolation.Cause) {
        // A result, because the closures of the standard library do not say what they throw.
        let result = unsafe bytes.withUnsafeBytes { input in
            unsafe withUnsafeTemporaryAllocation(byteCount: Self.chunkSize, alignment: 16) {
                chunk in
                Result { () throws(WebSocketViolation.Cause) in
                    try unsafe inflate(input, through: chunk, into: &message)
                }
            }
        }
        try result.get()
    }

    /// Inflates the end of a message: the empty block that every sender leaves out (RFC 7692
    /// §7.2.2).
    func finish(into message: inout MessageBytes) throws(WebSocketViolation.Cause) {
        let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
        try inflate(unsafe tail.span.bytes, into: &message)
        // zlib.h: 128 is there between blocks. Anything else is a message cut off inside a block,
        // which took the tail for its own.
        guard unsafe stream.pointee.data_type & 128 != 0 else { throw .invalidCompressedData }
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer,
        through chunk: UnsafeMutableRawBufferPointer,
        into message: inout MessageBytes
    ) throws(WebSocketViolation.Cause) {
        let chunkStart = unsafe chunk.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let inputStart = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var consumed = 0
        while true {
            // zlib counts in 32 bits. It does not write to its input.
            let offered = min(input.count - consumed, Int(CInt.max))
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: inputStart.map { unsafe $0 + consumed }
            )
            unsafe stream.pointee.avail_in = uInt(offered)
            unsafe stream.pointee.next_out = chunkStart
            unsafe stream.pointee.avail_out = uInt(chunk.count)
            let result = unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
            consumed += unsafe offered - Int(stream.pointee.avail_in)
            let produced = unsafe chunk.count - Int(stream.pointee.avail_out)
            // Before the result is looked at: what came before a wrong byte is judged first.
            try message.append(unsafe RawSpan(_unsafeBytes: chunk[..<produced]))
            switch result {
            case Z_OK: break
            case Z_BUF_ERROR: return  // no progress: it has all, and wants more
            case Z_STREAM_END: beginAgain(after: message.array)
            default: throw .invalidCompressedData
            }
            // A full chunk: there may be more, without more input.
            if consumed == input.count, produced < chunk.count { return }
        }
    }

    /// A block said that it is the last (BFINAL), which RFC 7692 §7.2.3.4 allows anywhere in a
    /// message; the blocks after it may refer to what came before it.
    private func beginAgain(after output: [UInt8]) {
        unsafe inflateReset(stream)
        let window = output.suffix(1 << windowBits)
        guard !window.isEmpty else { return }
        unsafe window.withUnsafeBytes { bytes in
            let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            _ = unsafe inflateSetDictionary(stream, start, uInt(bytes.count))
        }
    }
}
