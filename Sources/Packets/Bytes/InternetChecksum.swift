/// The checksum of IPv4, ICMP, UDP and TCP (RFC 1071): the ones' complement of the ones'
/// complement sum of 16-bit words.
///
/// ```swift
/// var checksum = InternetChecksum()
/// checksum.add(header)   // in any number of pieces of any length
/// checksum.add(payload)
/// checksum.value         // what the header's checksum field should say
/// ```
/// Over bytes that hold their own checksum, ``value`` is 0 if it is right.
public struct InternetChecksum: Hashable, Sendable {
    /// The sum so far, of words in the host's byte order: RFC 1071 §2(B) shows that swapping the
    /// bytes of the result is as good as swapping those of every word.
    private var sum: UInt64 = 0

    /// Whether an odd number of bytes was added, so that the next one is the second of its word.
    private var isOdd = false

    /// The checksum of nothing: `0xFFFF`.
    public init() {}

    /// Adds bytes, which continue where those before them ended, in the middle of a word too.
    public mutating func add(_ bytes: RawSpan) {
        var offset = 0
        if isOdd, bytes.byteCount > 0 {
            add(word: UInt16(bytes.byte(at: 0)))  // the low half of a word in network order
            isOdd = false
            offset = 1
        }
        var sum = sum
        while offset &+ 8 <= bytes.byteCount {
            sum.addWithCarry(
                unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            )
            offset &+= 8
        }
        while offset &+ 2 <= bytes.byteCount {
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
            sum.addWithCarry(UInt64(word))
            offset &+= 2
        }
        self.sum = sum
        if offset < bytes.byteCount {
            // RFC 1071 §4.1: the missing second byte counts as zero, until it is added.
            add(word: UInt16(bytes.byte(at: offset)) << 8)
            isOdd = true
        }
    }

    /// Adds a 16-bit number as it would stand in a header; not between the halves of a word.
    public mutating func add(_ value: UInt16) {
        precondition(!isOdd, "a number added to a checksum in the middle of a word")
        add(word: value)
    }

    /// Adds a 32-bit number as it would stand in a header; not between the halves of a word.
    public mutating func add(_ value: UInt32) {
        add(UInt16(truncatingIfNeeded: value >> 16))
        add(UInt16(truncatingIfNeeded: value))
    }

    /// The checksum of what was added, in the host's byte order.
    public var value: UInt16 {
        var folded = (sum & 0xFFFF_FFFF) &+ (sum >> 32)
        folded = (folded & 0xFFFF) &+ (folded >> 16)
        folded = (folded & 0xFFFF) &+ (folded >> 16)
        folded = (folded & 0xFFFF) &+ (folded >> 16)
        return ~UInt16(bigEndian: UInt16(truncatingIfNeeded: folded))
    }

    /// The checksum of one piece of memory.
    public static func of(_ bytes: RawSpan) -> UInt16 {
        var checksum = InternetChecksum()
        checksum.add(bytes)
        return checksum.value
    }

    private mutating func add(word: UInt16) { sum.addWithCarry(UInt64(word.bigEndian)) }
}

extension UInt64 {
    /// Ones' complement addition: the carry out of the top comes in again at the bottom.
    fileprivate mutating func addWithCarry(_ other: UInt64) {
        let (partial, overflow) = addingReportingOverflow(other)
        // No second overflow: a sum that overflowed is at most 2^64 - 2.
        self = partial &+ (overflow ? 1 : 0)
    }
}
