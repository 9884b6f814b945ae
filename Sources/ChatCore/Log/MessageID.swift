/// What clients call an entry: opaque to them, unique among all logs, and sorted as the log is.
///
///     3t9f0k2m00000-000000000g003      the log, and the offset in it
///
/// Both parts are 13 digits of base 32 in the extended hex alphabet (RFC 4648 §7) in lower case,
/// whose order as text is the order of the numbers.
public struct MessageID: Hashable, Sendable, CustomStringConvertible {
    /// Which log.
    public let log: LogID
    /// Where in it.
    public let offset: LogOffset

    /// The name of the entry at `offset` of `log`.
    public init(log: LogID, offset: LogOffset) {
        self.log = log
        self.offset = offset
    }

    /// Reads a name; nil if it is none.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard
            bytes.count == 2 * Base32.digitCount + 1,
            bytes[Base32.digitCount] == UInt8(ascii: "-"),
            let log = Base32.number(bytes[..<Base32.digitCount]),
            let number = Base32.number(bytes[(Base32.digitCount + 1)...]),
            let offset = LogOffset(number)
        else { return nil }
        self.init(log: LogID(log), offset: offset)
    }

    /// As clients see it.
    public var description: String { "\(log)-\(Base32.text(offset.rawValue))" }
}

/// Which log: a random number that a log gets when it is made, and keeps when it is copied.
public struct LogID: Hashable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let rawValue: UInt64

    /// The log of this number.
    public init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Reads what ``description`` writes; nil if it is something else.
    public init?(_ text: some StringProtocol) {
        guard let number = Base32.number(Array(text.utf8)[...]) else { return nil }
        self.init(number)
    }

    /// 13 digits of base 32.
    public var description: String { Base32.text(rawValue) }
}

/// Numbers of 64 bits as 13 digits of the extended hex alphabet (RFC 4648 §7), in lower case.
enum Base32 {
    static let digitCount = 13

    private static let digits = Array("0123456789abcdefghijklmnopqrstuv".utf8)

    static func text(_ number: UInt64) -> String {
        var text = [UInt8](repeating: digits[0], count: digitCount)
        var rest = number
        for position in text.indices.reversed() where rest > 0 {
            text[position] = digits[Int(rest % 32)]
            rest /= 32
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil unless it is exactly what ``text(_:)`` writes for a number.
    static func number(_ text: ArraySlice<UInt8>) -> UInt64? {
        guard text.count == digitCount else { return nil }
        var number: UInt64 = 0
        for byte in text {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "v"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            let (shifted, overflow) = number.multipliedReportingOverflow(by: 32)
            guard !overflow else { return nil }
            number = shifted | UInt64(digit)
        }
        return number
    }
}
