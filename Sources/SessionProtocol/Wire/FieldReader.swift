/// Reads the fields of one frame, front to back.
///
/// It holds no bytes, only the place; every read brings them. Nothing it reads can trap: what runs
/// past the end is a ``Violation``.
package struct FieldReader {
    /// The next byte to be read.
    private(set) var offset: Int
    /// Where the frame ends.
    let end: Int

    /// A reader of `range`, which must lie within the bytes that will be given.
    package init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// How many bytes have not been read.
    package var remaining: Int { end - offset }

    /// One byte.
    mutating func byte(_ bytes: RawSpan) throws(Violation) -> UInt8 {
        guard offset < end else { throw .truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// A number in its shortest form.
    package mutating func number(_ bytes: RawSpan) throws(Violation) -> UInt64 {
        guard offset < end else { throw .truncated }
        let first = bytes[offset]
        if first < 0x40 {
            offset += 1
            return UInt64(first)
        }
        let size = 1 << Int(first >> 6)
        guard remaining >= size else { throw .truncated }
        var value = UInt64(first & 0x3F)
        for place in offset + 1..<offset + size { value = value << 8 | UInt64(bytes[place]) }
        guard Varint.size(value) == size else { throw .longNumber }
        offset += size
        return value
    }

    /// A number of 64 bits in 8 bytes.
    mutating func uint64(_ bytes: RawSpan) throws(Violation) -> UInt64 {
        guard remaining >= 8 else { throw .truncated }
        var value: UInt64 = 0
        for place in offset..<offset + 8 { value = value << 8 | UInt64(bytes[place]) }
        offset += 8
        return value
    }

    /// A size, then so many bytes, at most `limit`.
    package mutating func field(_ bytes: RawSpan, limit: Int) throws(Violation) -> [UInt8] {
        let size = try number(bytes)
        guard size <= UInt64(limit) else { throw .fieldTooLong }
        guard size <= UInt64(remaining) else { throw .truncated }
        let range = offset..<offset + Int(size)
        offset = range.upperBound
        return bytes.copy(range)
    }

    /// A field as text; what is not UTF-8 is replaced.
    mutating func text(_ bytes: RawSpan) throws(Violation) -> String {
        String(decoding: try field(bytes, limit: WireLimit.text), as: UTF8.self)
    }

    /// Everything that is left.
    package mutating func rest(_ bytes: RawSpan) -> [UInt8] {
        defer { offset = end }
        return bytes.copy(offset..<end)
    }

    /// - Throws: if something is left.
    package func finish() throws(Violation) {
        guard offset == end else { throw .trailingBytes }
    }
}

extension RawSpan {
    subscript(offset: Int) -> UInt8 {
        // Checked by the span; every bit pattern is a byte.
        unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The bytes of a range that is there.
    func copy(_ range: Range<Int>) -> [UInt8] {
        let piece = extracting(range)
        guard piece.byteCount > 0 else { return [] }
        return unsafe piece.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}

extension [UInt8] {
    /// The array's bytes, where they are.
    package var rawSpan: RawSpan {
        @_lifetime(borrow self)
        get {
            // The span borrows the array, which therefore outlives it and does not change.
            unsafe self.span.bytes
        }
    }
}
