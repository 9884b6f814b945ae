/// A protocol on top of IP, by the number in the header (IANA, Assigned Internet Protocol Numbers).
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
    /// The number.
    public let rawValue: UInt8

    /// The protocol with a number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// ICMP (RFC 792), 1.
    public static let icmp = IPProtocol(rawValue: 1)
    /// TCP (RFC 9293), 6.
    public static let tcp = IPProtocol(rawValue: 6)
    /// UDP (RFC 768), 17.
    public static let udp = IPProtocol(rawValue: 17)
    /// ICMPv6 (RFC 4443), 58.
    public static let icmpv6 = IPProtocol(rawValue: 58)
    /// Any: a socket that only sends, with headers of its own (IPPROTO_RAW, raw(7)), 255.
    public static let raw = IPProtocol(rawValue: 255)
}

extension IPProtocol: CustomStringConvertible {
    /// `icmp`, `tcp`, … or the number.
    public var description: String {
        switch self {
        case .icmp: "icmp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmpv6: "icmpv6"
        case .raw: "raw"
        default: "\(rawValue)"
        }
    }
}
