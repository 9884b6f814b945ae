internal import CZlib

/// Deflates one message (RFC 7692 §7.2.1).
enum Deflater {
    /// zlib's own default: between speed and size.
    private static let level: CInt = 6

    /// The compressed form of a message, or nil if it would not be smaller.
    static func deflate(_ bytes: RawSpan, windowBits: Int) -> [UInt8]? {
        // zlib counts in 32 bits; no message so large is worth more code.
        guard bytes.byteCount > 0, bytes.byteCount < Int(CInt.max) else { return nil }
        let windowBits = usefulWindowBits(for: bytes.byteCount, atMost: windowBits)
        var stream = unsafe z_stream()
        return unsafe withUnsafeMutablePointer(to: &stream) { stream in
            // Negative: raw DEFLATE, with no header of zlib's. The memory level goes with the
            // window, 8 with the widest, as in zlib's default.
            let result = unsafe deflateInit2_(
                stream,
                level,
                Z_DEFLATED,
                -CInt(windowBits),
                CInt(windowBits - 7),
                Z_DEFAULT_STRATEGY,
                ZLIB_VERSION,
                CInt(MemoryLayout<z_stream>.size)
            )
            precondition(
                result == Z_OK,
                "zlib has no memory, or is not the one this was built with"
            )
            defer { unsafe deflateEnd(stream) }
            return unsafe bytes.withUnsafeBytes { unsafe deflate($0, with: stream) }
        }
    }

    /// A window wider than the message costs memory and the time to clear it, and finds nothing.
    private static func usefulWindowBits(for size: Int, atMost limit: Int) -> Int {
        let bits = Int.bitWidth - (size - 1).leadingZeroBitCount
        return min(max(bits, 9), limit)
    }

    private static func deflate(
        _ input: UnsafeRawBufferPointer,
        with stream: UnsafeMutablePointer<z_stream>
    ) -> [UInt8]? {
        let capacity = input.count  // what does not fit here is not smaller
        var isComplete = false
        var output = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let start = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
            // zlib does not write to its input.
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: start)
            unsafe stream.pointee.avail_in = uInt(input.count)
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = uInt(capacity)
            let result = unsafe CZlib.deflate(stream, Z_SYNC_FLUSH)
            // With no space left over, the flush may be cut off.
            isComplete = unsafe result == Z_OK && stream.pointee.avail_out > 0
            count = unsafe capacity - Int(stream.pointee.avail_out)
        }
        guard isComplete, output.suffix(4) == [0x00, 0x00, 0xFF, 0xFF] else { return nil }
        output.removeLast(4)  // RFC 7692 §7.2.1: the receiver puts it back
        return output
    }
}
