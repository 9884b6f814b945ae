// Reading and writing in network byte order (big-endian, RFC 1700).
//
// Every access is checked by the span itself, and no caller relies on that: the size of a header
// is compared with the bytes there are once, before its fields are read.

extension RawSpan {
    func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    // The `unsafe` of these loads: every bit pattern is a value of an integer.
    func uint16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    func uint32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func uint64(at offset: Int) -> UInt64 {
        UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// - Throws: unless there are `size` bytes for what is named.
    func need(_ size: Int, _ header: String, _ field: String = "header") throws(PacketError) {
        guard byteCount >= size else {
            throw PacketError(
                header,
                field,
                at: 0,
                .truncated(needed: size, available: byteCount)
            )
        }
    }

    /// The bytes from `offset` on, none if it is past the end.
    @_lifetime(copy self)
    func dropping(_ offset: Int) -> RawSpan {
        extracting(min(max(offset, 0), byteCount)..<byteCount)
    }

    /// The bytes of `range` that are there.
    @_lifetime(copy self)
    func clamped(_ range: Range<Int>) -> RawSpan {
        extracting(range.clamped(to: 0..<byteCount))
    }
}

extension MutableRawSpan {
    @_lifetime(self: copy self)
    mutating func store(_ value: some FixedWidthInteger & BitwiseCopyable, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: type(of: value))
    }

    /// - Throws: unless there is room for the `size` bytes of what is named.
    func needRoom(_ size: Int, _ header: String) throws(PacketError) {
        guard byteCount >= size else {
            throw PacketError(
                header,
                "header",
                at: 0,
                .noSpace(needed: size, available: byteCount)
            )
        }
    }
}
