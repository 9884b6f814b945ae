/// What an Ethernet frame holds (IANA, "IEEE 802 Numbers").
public struct EtherType: RawRepresentable, Hashable, Sendable {
    /// The number in the host's byte order.
    public let rawValue: UInt16

    /// A type by its number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// IPv4 (RFC 894).
    public static let ipv4 = EtherType(rawValue: 0x0800)

    /// ARP (RFC 826).
    public static let arp = EtherType(rawValue: 0x0806)

    /// Reverse ARP (RFC 903).
    public static let rarp = EtherType(rawValue: 0x8035)

    /// IPv6 (RFC 2464).
    public static let ipv6 = EtherType(rawValue: 0x86DD)

    /// A VLAN tag (IEEE 802.1Q).
    public static let vlan = EtherType(rawValue: 0x8100)

    /// A provider's VLAN tag around another (IEEE 802.1ad).
    public static let serviceVLAN = EtherType(rawValue: 0x88A8)
}

extension EtherType: CustomStringConvertible {
    /// The name where it is well known, or `0x88cc`.
    public var description: String {
        switch self {
        case .ipv4: "IPv4"
        case .arp: "ARP"
        case .rarp: "RARP"
        case .ipv6: "IPv6"
        case .vlan: "802.1Q"
        case .serviceVLAN: "802.1ad"
        default: "0x" + String(0x1_0000 | Int(rawValue), radix: 16).dropFirst()
        }
    }
}
