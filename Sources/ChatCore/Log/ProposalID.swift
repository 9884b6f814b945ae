/// An author's own name for what it proposes, by which the log takes a proposal once however often
/// it is sent: a UUID of version 7 (RFC 9562 §5.7), which begins with the author's time.
///
/// The log remembers the names of a stated time. A name older than that is refused as too old,
/// since nobody can say any more whether it was taken; so the time in the name is the author's
/// promise that it has not been proposed before.
public struct ProposalID: Hashable, Sendable, CustomStringConvertible {
    /// Bytes in one.
    static let size = 16

    /// The first eight bytes, in network order.
    let high: UInt64
    /// The last eight.
    let low: UInt64

    /// A name from its author's time and 74 random bits, of which the others of `random` are
    /// overwritten by version and variant.
    ///
    /// - Parameters:
    ///   - milliseconds: the author's wall-clock time, since 1970 in UTC.
    ///   - random: from a generator that does not repeat itself after a crash.
    public init(milliseconds: WallTime, random: (UInt64, UInt64)) {
        high = milliseconds.bits48 << 16 | 0x7000 | random.0 & 0x0FFF
        low = 0b10 << 62 | random.1 & ((1 << 62) - 1)
    }

    /// The name of these 16 bytes; nil unless they are a UUID of version 7.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        let high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        let low = bytes.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
        guard high >> 12 & 0xF == 7, low >> 62 == 0b10 else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// Reads the usual text form, `0190b5a7-…`; nil if it is not one of version 7.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36, Self.hyphens.allSatisfy({ bytes[$0] == UInt8(ascii: "-") })
        else { return nil }
        var numbers: [UInt8] = []
        var digits = bytes.enumerated().filter { !Self.hyphens.contains($0.offset) }
            .map(\.element)[...]
        while let first = digits.popFirst(), let second = digits.popFirst() {
            guard let upper = Self.value(first), let lower = Self.value(second) else { return nil }
            numbers.append(upper << 4 | lower)
        }
        self.init(bytes: numbers)
    }

    /// When its author says it was first proposed.
    public var time: WallTime { WallTime(milliseconds: Int64(high >> 16)) }

    /// The 16 bytes.
    public var bytes: [UInt8] {
        [high, low].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    /// The usual text form.
    public var description: String {
        var text = ""
        for (position, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(position) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }

    private static let hyphens = [8, 13, 18, 23]

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
