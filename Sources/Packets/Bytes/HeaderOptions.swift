/// The options at the end of an IPv4 or TCP header: up to 40 bytes, held in place.
///
/// Both protocols write them alike (RFC 791 §3.1, RFC 9293 §3.1): 0 ends the list, 1 fills a byte,
/// and any other kind is followed by the length of the whole option.
public struct HeaderOptions: Sendable {
    /// The most bytes of options: a header has at most 15 words, and 5 are fixed.
    public static let sizeLimit = 40

    private var storage = [40 of UInt8](repeating: 0)

    /// How many bytes there are; in a header, a multiple of 4.
    public private(set) var size = 0

    /// No options.
    public init() {}

    /// Options from their bytes, filled up to whole words with end-of-list bytes.
    ///
    /// - Throws: ``PacketError`` if there are more than ``sizeLimit``.
    public init(_ bytes: RawSpan) throws(PacketError) {
        guard bytes.byteCount <= Self.sizeLimit else {
            throw PacketError(
                "header",
                "options",
                at: 0,
                .noSpace(needed: bytes.byteCount, available: Self.sizeLimit)
            )
        }
        for index in 0..<bytes.byteCount { storage[index] = bytes.byte(at: index) }
        size = (bytes.byteCount + 3) / 4 * 4
    }

    /// The bytes as they stand in the header.
    public var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            // Safe: a UInt8 has no padding whose bytes could mean nothing.
            unsafe storage.span.bytes.extracting(0..<size)
        }
    }

    /// One option: its kind, and where its data is in ``HeaderOptions/bytes``.
    public struct Option: Hashable, Sendable {
        /// The kind byte.
        public let kind: UInt8

        /// The data without kind and length; always inside the options.
        public let data: Range<Int>
    }

    /// The option at `offset`, which is moved past it; nil at the end of the list.
    ///
    /// ```swift
    /// var offset = 0
    /// while let option = try header.options.next(after: &offset) { … }
    /// ```
    /// - Throws: ``PacketError`` for an option that overruns the header or has a length below 2.
    public func next(after offset: inout Int) throws(PacketError) -> Option? {
        while offset >= 0, offset < size {
            let kind = storage[offset]
            if kind == 0 { return nil }
            if kind == 1 {
                offset += 1
                continue
            }
            guard offset + 1 < size else {
                throw PacketError(
                    "options",
                    "length",
                    at: offset + 1,
                    .truncated(needed: 1, available: 0)
                )
            }
            let length = Int(storage[offset + 1])
            guard length >= 2 else {
                throw PacketError(
                    "options",
                    "length",
                    at: offset + 1,
                    .malformed(value: length, rule: "does not cover the kind and itself")
                )
            }
            guard length <= size - offset else {
                throw PacketError(
                    "options",
                    "length",
                    at: offset + 1,
                    .truncated(needed: length, available: size - offset)
                )
            }
            defer { offset += length }
            return Option(kind: kind, data: offset + 2..<offset + length)
        }
        return nil
    }
}

extension HeaderOptions: Hashable {
    /// Whether the bytes are equal.
    public static func == (left: HeaderOptions, right: HeaderOptions) -> Bool {
        guard left.size == right.size else { return false }
        for index in 0..<left.size where left.storage[index] != right.storage[index] {
            return false
        }
        return true
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(size)
        for index in 0..<size { hasher.combine(storage[index]) }
    }
}
