/// A cursor over the body of a pcapng block, in its section's byte order.
struct PcapngFields: ~Escapable {
    /// The body, without the type and the two lengths.
    let bytes: RawSpan

    /// Whether the section is in the byte order that this host has not.
    let isSwapped: Bool

    /// The offset of the next field.
    private(set) var offset = 0

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, isSwapped: Bool) {
        self.bytes = bytes
        self.isSwapped = isSwapped
    }

    @_lifetime(self: copy self)
    mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type,
        _ field: String
    ) throws(PacketError) -> Value {
        let size = MemoryLayout<Value>.size
        let range = try take(size: size, field)
        // Safe: the range is inside, and every bit pattern is an integer.
        let value = unsafe bytes.unsafeLoadUnaligned(
            fromByteOffset: range.lowerBound,
            as: Value.self
        )
        return isSwapped ? value.byteSwapped : value
    }

    /// Takes `size` bytes and what fills their last word of 4.
    @_lifetime(self: copy self)
    mutating func take(size: Int, _ field: String) throws(PacketError) -> Range<Int> {
        let available = bytes.byteCount - offset
        guard size >= 0, size <= available else {
            throw PacketError(
                "pcapng",
                field,
                at: offset,
                .truncated(needed: size, available: available)
            )
        }
        defer { offset += size }
        return offset..<offset + size
    }

    @_lifetime(self: copy self)
    mutating func skipPadding(after size: Int) {
        offset = min(offset + (4 - size & 3) & 3, bytes.byteCount)
    }

    /// The upper half comes first, whatever the byte order.
    @_lifetime(self: copy self)
    mutating func takeTime() throws(PacketError) -> UInt64 {
        let upper = try take(UInt32.self, "timestamp")
        return try UInt64(upper) << 32 | UInt64(take(UInt32.self, "timestamp"))
    }

    /// The next option, or nil at the end of the list or of the body.
    @_lifetime(self: copy self)
    mutating func takeOption() throws(PacketError) -> (code: UInt16, value: Range<Int>)? {
        guard offset < bytes.byteCount else { return nil }
        let code = try take(UInt16.self, "option's code")
        let size = try Int(take(UInt16.self, "option's length"))
        guard code != PcapngOption.end else { return nil }
        let value = try take(size: size, "option's value")
        skipPadding(after: size)
        return (code, value)
    }

    /// An option's value as text; what is not UTF-8 is replaced by U+FFFD.
    func text(_ range: Range<Int>) -> String {
        let part = bytes.extracting(range)
        return unsafe part.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// An option's value as a number of 8 bytes, or nil if it has another size.
    func uint64(_ range: Range<Int>) -> UInt64? {
        guard range.count == 8 else { return nil }
        // Safe: as in `take`.
        let value = unsafe bytes.unsafeLoadUnaligned(
            fromByteOffset: range.lowerBound,
            as: UInt64.self
        )
        return isSwapped ? value.byteSwapped : value
    }
}
