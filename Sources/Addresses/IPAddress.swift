/// An IPv4 or an IPv6 address.
///
/// ```swift
/// let address = try IPAddress(text)  // "192.0.2.1" or "2001:db8::1"
/// ```
public enum IPAddress: Hashable, Sendable {
    /// An IPv4 address.
    case v4(IPv4Address)

    /// An IPv6 address.
    case v6(IPv6Address)

    /// Reads an address as ``IPv6Address`` does if it has two colons, as ``IPv4Address`` if not.
    ///
    /// - Throws: ``AddressParseError``, which says where.
    public init(_ text: some StringProtocol) throws(AddressParseError) {
        var parser = try AddressParser(text, for: "IP address")
        if parser.hasColons(until: parser.bytes.count) {
            self = .v6(try parser.ipv6Address())
        } else {
            self = .v4(try parser.ipv4Address())
        }
        try parser.expectEnd()
    }

    /// The address as others know it: a zone means something on this machine alone.
    package var withoutZone: IPAddress {
        guard case .v6(let address) = self else { return self }
        return .v6(IPv6Address(highBits: address.highBits, lowBits: address.lowBits))
    }

    /// Whether this is 0.0.0.0 or `::`, which name no host.
    public var isAny: Bool {
        switch self {
        case .v4(let address): address.isAny
        case .v6(let address): address.isAny
        }
    }

    /// Whether this is in 127.0.0.0/8, or `::1`.
    public var isLoopback: Bool {
        switch self {
        case .v4(let address): address.isLoopback
        case .v6(let address): address.isLoopback
        }
    }

    /// Whether this is in 169.254.0.0/16 or fe80::/10: good on one link only.
    public var isLinkLocal: Bool {
        switch self {
        case .v4(let address): address.isLinkLocal
        case .v6(let address): address.isLinkLocal
        }
    }

    /// Whether this is an address anyone may use inside a site (RFC 1918 §3, RFC 4193 §3.1).
    public var isPrivate: Bool {
        switch self {
        case .v4(let address): address.isPrivate
        case .v6(let address): address.isUniqueLocal
        }
    }

    /// Whether this is in 224.0.0.0/4 or ff00::/8: a group of hosts.
    public var isMulticast: Bool {
        switch self {
        case .v4(let address): address.isMulticast
        case .v6(let address): address.isMulticast
        }
    }
}

extension IPAddress: Comparable {
    /// Every IPv4 address before every IPv6 one, then numeric order.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        switch (left, right) {
        case (.v4(let left), .v4(let right)): left < right
        case (.v6(let left), .v6(let right)): left < right
        case (.v4, .v6): true
        case (.v6, .v4): false
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text of the address, without brackets.
    public var description: String {
        switch self {
        case .v4(let address): address.description
        case .v6(let address): address.description
        }
    }
}
