/// An IPv6 address (RFC 4291), with the zone it is meant in (RFC 4007) where it has one.
///
/// ```swift
/// let local = try IPv6Address(text)  // "fe80::1%eth0"
/// local.isLinkLocal                  // true: means nothing without its zone
/// ```
public struct IPv6Address: Hashable, Sendable {
    /// The first 64 bits in the host's byte order: of 2001:db8::1, `0x2001_0DB8_0000_0000`.
    public let highBits: UInt64

    /// The last 64 bits in the host's byte order: of 2001:db8::1, 1.
    public let lowBits: UInt64

    /// The index of the network interface the address belongs to; 0 for none.
    ///
    /// A link-local address names a host only together with its link. Indexes are this machine's,
    /// and may change when it restarts.
    public var zone: UInt32

    /// An address from its bits in the host's byte order.
    public init(highBits: UInt64, lowBits: UInt64, zone: UInt32 = 0) {
        self.highBits = highBits
        self.lowBits = lowBits
        self.zone = zone
    }

    /// The address by which IPv6 sockets speak of an IPv4 one: ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).
    public init(ipv4Mapped address: IPv4Address) {
        self.init(highBits: 0, lowBits: 0xFFFF << 32 | UInt64(address.bits))
    }

    /// Reads any form of RFC 4291 §2.2, with an optional `%zone` (RFC 4007 §11).
    ///
    /// A zone is an interface's index or its name; a name is looked up at once, on this machine.
    /// Brackets are not part of an address: they belong to ``SocketAddress`` and ``Endpoint``.
    ///
    /// - Throws: ``AddressParseError``, which says where.
    public init(_ text: some StringProtocol) throws(AddressParseError) {
        var parser = try AddressParser(text, for: "IPv6 address")
        self = try parser.ipv6Address()
        try parser.expectEnd()
    }

    /// Every interface of this host: `::` (RFC 4291 §2.5.2).
    public static let any = IPv6Address(highBits: 0, lowBits: 0)

    /// This host: `::1` (RFC 4291 §2.5.3).
    public static let loopback = IPv6Address(highBits: 0, lowBits: 1)

    /// Whether this is `::`, which names no host.
    public var isAny: Bool { highBits == 0 && lowBits == 0 }

    /// Whether this is `::1`, which never leaves the host.
    ///
    /// A mapped 127.0.0.1 is another address: see ``ipv4Mapped``.
    public var isLoopback: Bool { highBits == 0 && lowBits == 1 }

    /// Whether this is in fe80::/10: good on one link only, so it needs a zone (RFC 4291 §2.5.6).
    public var isLinkLocal: Bool { highBits >> 54 == 0xFE80 >> 6 }

    /// Whether this is in fc00::/7: the private addresses of IPv6 (RFC 4193 §3.1).
    public var isUniqueLocal: Bool { highBits >> 57 == 0xFC >> 1 }

    /// Whether this is in ff00::/8: a group of hosts (RFC 4291 §2.7).
    public var isMulticast: Bool { highBits >> 56 == 0xFF }

    /// Whether the address means another host in every zone: those of one link, and the groups of
    /// one interface or one link (RFC 4007 §4, RFC 4291 §2.7).
    ///
    /// The kernel ignores the zone of every other address, and gives none with it.
    package var needsZone: Bool {
        isLinkLocal || isMulticast && (1...2).contains(highBits >> 48 & 0xF)
    }

    /// The IPv4 address inside ::ffff:a.b.c.d, or nil for any other address (RFC 4291 §2.5.5.2).
    public var ipv4Mapped: IPv4Address? {
        guard highBits == 0, lowBits >> 32 == 0xFFFF else { return nil }
        return IPv4Address(bits: UInt32(truncatingIfNeeded: lowBits))
    }

    /// The eight groups as they are written, left to right.
    package var groups: [8 of UInt16] {
        [8 of UInt16] { index in
            let half = index < 4 ? highBits : lowBits
            return UInt16(truncatingIfNeeded: half >> (48 - 16 * UInt64(index % 4)))
        }
    }

    /// An address from its eight groups as they are written.
    package init(groups: [8 of UInt16]) {
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        for index in 0..<4 {
            halves.high = halves.high << 16 | UInt64(groups[index])
            halves.low = halves.low << 16 | UInt64(groups[index + 4])
        }
        self.init(highBits: halves.high, lowBits: halves.low)
    }
}

extension IPv6Address: Comparable {
    /// Numeric order, and that of the zones between equal addresses.
    public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
        (left.highBits, left.lowBits, left.zone) < (right.highBits, right.lowBits, right.zone)
    }
}
