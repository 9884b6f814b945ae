/// An IPv4 address (RFC 791).
///
/// ```swift
/// let router = IPv4Address(192, 168, 0, 1)
/// let written = try IPv4Address(line)  // "192.168.0.1" and nothing looser
/// ```
public struct IPv4Address: Hashable, Sendable {
    /// The 32 bits in the host's byte order: 127.0.0.1 is `0x7F00_0001`.
    public let bits: UInt32

    /// An address from its 32 bits in the host's byte order.
    public init(bits: UInt32) { self.bits = bits }

    /// An address from its four numbers as they are written, left to right.
    public init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
        bits = UInt32(first) << 24 | UInt32(second) << 16 | UInt32(third) << 8 | UInt32(fourth)
    }

    /// Reads an address written as four decimal numbers from 0 to 255 (RFC 6943 §3.1.1, strict).
    ///
    /// The loose forms of `inet_aton` are refused, because programs disagree on them: a leading
    /// zero (octal to some, decimal to others), hex, and fewer than four numbers.
    ///
    /// - Throws: ``AddressParseError``, which says where.
    public init(_ text: some StringProtocol) throws(AddressParseError) {
        var parser = try AddressParser(text, for: "IPv4 address")
        self = try parser.ipv4Address()
        try parser.expectEnd()
    }

    /// Every interface of this host: 0.0.0.0 (RFC 1122 §3.2.1.3).
    public static let any = IPv4Address(bits: 0)

    /// This host: 127.0.0.1 (RFC 1122 §3.2.1.3).
    public static let loopback = IPv4Address(127, 0, 0, 1)

    /// Every host on this link: 255.255.255.255 (RFC 919 §7).
    public static let broadcast = IPv4Address(bits: .max)

    /// The four bytes in the order they are written and sent.
    public var octets: (UInt8, UInt8, UInt8, UInt8) {
        (
            UInt8(truncatingIfNeeded: bits >> 24), UInt8(truncatingIfNeeded: bits >> 16),
            UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits)
        )
    }

    /// Whether this is 0.0.0.0, which names no host.
    public var isAny: Bool { bits == 0 }

    /// Whether this is 255.255.255.255.
    ///
    /// The broadcast address of a subnet cannot be told by its bits.
    public var isBroadcast: Bool { self == .broadcast }

    /// Whether this is in 127.0.0.0/8: it never leaves the host (RFC 1122 §3.2.1.3).
    public var isLoopback: Bool { bits >> 24 == 127 }

    /// Whether this is in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918 §3).
    public var isPrivate: Bool {
        bits >> 24 == 10 || bits >> 20 == 0xAC1 || bits >> 16 == 0xC0A8
    }

    /// Whether this is in 169.254.0.0/16: good on one link only (RFC 3927 §2.1).
    public var isLinkLocal: Bool { bits >> 16 == 0xA9FE }

    /// Whether this is in 224.0.0.0/4: a group of hosts (RFC 5771 §3).
    public var isMulticast: Bool { bits >> 28 == 0xE }
}

extension IPv4Address: Comparable {
    /// Numeric order.
    public static func < (left: IPv4Address, right: IPv4Address) -> Bool { left.bits < right.bits }
}

extension IPv4Address: CustomStringConvertible {
    /// The dotted form: `127.0.0.1`.
    public var description: String {
        let (first, second, third, fourth) = octets
        return "\(first).\(second).\(third).\(fourth)"
    }
}

extension AddressParser {
    /// Reads four decimal numbers with dots between them.
    package mutating func ipv4Address() throws(AddressParseError) -> IPv4Address {
        var bits = try UInt32(octet())
        for written in 1...3 {
            guard take(".") else {
                if let byte = peek(), byte != UInt8(ascii: ":") {
                    throw failure("\(AddressText.name(byte)) is not expected in an IPv4 address")
                }
                throw failure(
                    "an IPv4 address has four numbers, this one only \(written)",
                    length: 0
                )
            }
            bits = try bits << 8 | UInt32(octet())
        }
        return IPv4Address(bits: bits)
    }

    /// Reads a decimal number from 0 to 255 without leading zeros.
    private mutating func octet() throws(AddressParseError) -> UInt8 {
        let digits = takeDigits()
        guard !digits.isEmpty else {
            guard let byte = peek() else {
                throw failure("a number from 0 to 255 is missing here", length: 0)
            }
            throw failure("\(AddressText.name(byte)) stands where a number from 0 to 255 should")
        }
        guard digits.count == 1 || bytes[digits.lowerBound] != UInt8(ascii: "0") else {
            throw failure("a number in an IPv4 address has no leading zero", in: digits)
        }
        guard let value = decimal(digits, limit: UInt32(UInt8.max)) else {
            throw failure("\(quote(digits)) is over 255", in: digits)
        }
        return UInt8(value)
    }
}
