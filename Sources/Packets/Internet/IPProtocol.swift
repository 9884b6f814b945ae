/// What follows an IP header, or an IPv6 extension header (IANA, "Assigned Internet Protocol
/// Numbers").
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
    /// The number.
    public let rawValue: UInt8

    /// A protocol by its number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// IPv6 hop-by-hop options (RFC 8200 §4.3).
    public static let hopByHop = IPProtocol(rawValue: 0)

    /// ICMP for IPv4 (RFC 792).
    public static let icmp = IPProtocol(rawValue: 1)

    /// IGMP (RFC 9776).
    public static let igmp = IPProtocol(rawValue: 2)

    /// IPv4 inside IP (RFC 2003).
    public static let ipv4 = IPProtocol(rawValue: 4)

    /// TCP (RFC 9293).
    public static let tcp = IPProtocol(rawValue: 6)

    /// UDP (RFC 768).
    public static let udp = IPProtocol(rawValue: 17)

    /// IPv6 inside IP (RFC 2473).
    public static let ipv6 = IPProtocol(rawValue: 41)

    /// IPv6 routing header (RFC 8200 §4.4).
    public static let routing = IPProtocol(rawValue: 43)

    /// IPv6 fragment header (RFC 8200 §4.5).
    public static let fragment = IPProtocol(rawValue: 44)

    /// GRE (RFC 2784).
    public static let gre = IPProtocol(rawValue: 47)

    /// IPsec's encrypted payload (RFC 4303).
    public static let esp = IPProtocol(rawValue: 50)

    /// IPsec's authentication header (RFC 4302).
    public static let ah = IPProtocol(rawValue: 51)

    /// ICMP for IPv6 (RFC 4443).
    public static let icmpv6 = IPProtocol(rawValue: 58)

    /// Nothing follows (RFC 8200 §4.7).
    public static let noNextHeader = IPProtocol(rawValue: 59)

    /// IPv6 destination options (RFC 8200 §4.6).
    public static let destinationOptions = IPProtocol(rawValue: 60)

    /// PIM (RFC 7761).
    public static let pim = IPProtocol(rawValue: 103)

    /// VRRP (RFC 9568).
    public static let vrrp = IPProtocol(rawValue: 112)

    /// SCTP (RFC 9260).
    public static let sctp = IPProtocol(rawValue: 132)

    /// IPv6 mobility header (RFC 6275).
    public static let mobility = IPProtocol(rawValue: 135)

    /// The protocols that text names, in filters and summaries, by the words of pcap-filter(7).
    static let names: [(name: String, protocol: IPProtocol)] = [
        ("icmp", .icmp), ("igmp", .igmp), ("tcp", .tcp), ("udp", .udp), ("gre", .gre),
        ("esp", .esp), ("ah", .ah), ("icmp6", .icmpv6), ("pim", .pim), ("vrrp", .vrrp),
        ("sctp", .sctp),
    ]
}

extension IPProtocol: CustomStringConvertible {
    /// The protocol's name where it is well known, or `proto-N`.
    public var description: String {
        Self.names.first { $0.protocol == self }?.name ?? "proto-\(rawValue)"
    }
}
