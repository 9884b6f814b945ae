internal import CZlib

/// Inflates one message (RFC 7692 §7.2.2).
///
/// It exists only while the message comes.
@safe struct Inflater: ~Copyable, @unchecked Sendable {
    // zlib's state points back to this, so it must not move. Owned here alone, which is what makes
    // it sendable; inflateEnd and deallocate in `deinit` belong to init's calls.
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

    /// Appends what the next bytes inflate to, at most up to `limit` bytes in all.
    mutating func inflate(
        _ bytes: RawSpan,
        into output: inout [UInt8],
        limit: Int
    ) throws(WebSocketViolation.Cause) {
        let outcome = unsafe bytes.withUnsafeBytes { input in
            unsafe withUnsafeTemporaryAllocation(byteCount: Self.chunkSize, alignment: 16) {
                unsafe inflate(input, through: $0, into: &output, limit: limit)
            }
        }
        try outcome.get()
    }

    /// Inflates the end of a message: the empty block that every sender leaves out
    /// (RFC 7692 §7.2.2).
    mutating func finish(
        into output: inout [UInt8],
        limit: Int
    ) throws(WebSocketViolation.Cause) {
        let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
        try inflate(unsafe tail.span.bytes, into: &output, limit: limit)
    }

    private func inflate(
        _ input: UnsafeRawBufferPointer,
        through chunk: UnsafeMutableRawBufferPointer,
        into output: inout [UInt8],
        limit: Int
    ) -> Result<Void, WebSocketViolation.Cause> {
        let chunkStart = unsafe chunk.baseAddress?.assumingMemoryBound(to: UInt8.self)
        // zlib does not write to its input; a frame's size limit may be more than its 32 bits hold.
        let inputStart = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var consumed = 0
        while true {
            let window = min(input.count - consumed, Int(CInt.max))
            unsafe stream.pointee.next_in = UnsafeMutablePointer(
                mutating: inputStart.map { unsafe $0 + consumed }
            )
            unsafe stream.pointee.avail_in = uInt(window)
            unsafe stream.pointee.next_out = chunkStart
            unsafe stream.pointee.avail_out = uInt(chunk.count)
            let result = unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
            consumed += unsafe window - Int(stream.pointee.avail_in)
            let produced = unsafe chunk.count - Int(stream.pointee.avail_out)
            guard produced <= limit - output.count else {
                return .failure(.messageTooBig(limit: limit))
            }
            output.reserve(produced, limit: limit)
            unsafe output.append(contentsOf: chunk[..<produced])
            switch result {
            case Z_OK: break
            case Z_BUF_ERROR: return .success(())  // no progress: it has all, and wants more
            case Z_STREAM_END: beginAgain(after: output)
            default: return .failure(.invalidCompressedData)
            }
            // A full chunk: there may be more, without more input.
            if consumed == input.count, produced < chunk.count { return .success(()) }
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
