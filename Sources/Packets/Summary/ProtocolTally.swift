/// How many packets and bytes of which kind a capture had.
public struct ProtocolTally: Sendable {
    /// The kinds that are told apart.
    public enum Kind: String, CaseIterable, Sendable {
        /// TCP over either version of IP.
        case tcp = "TCP"

        /// UDP over either version of IP.
        case udp = "UDP"

        /// ICMP over IPv4.
        case icmp = "ICMP"

        /// ICMP over IPv6.
        case icmpv6 = "ICMPv6"

        /// Fragments without the header of their transport.
        case fragment = "IP fragment"

        /// Other protocols over IPv4.
        case otherIPv4 = "other IPv4"

        /// Other protocols over IPv6.
        case otherIPv6 = "other IPv6"

        /// ARP.
        case arp = "ARP"

        /// Neither IP nor ARP.
        case other = "other"

        /// Headers that could not be read to the end.
        case unreadable = "unreadable"
    }

    /// What there was of one kind.
    public struct Count: Hashable, Sendable {
        /// How many packets.
        public var packetCount: Int

        /// Their bytes as they were on the wire.
        public var byteCount: Int

        /// A count by its numbers.
        public init(packetCount: Int = 0, byteCount: Int = 0) {
            self.packetCount = packetCount
            self.byteCount = byteCount
        }
    }

    private var counts = [10 of Count](repeating: Count())

    /// A tally of nothing.
    public init() {}

    /// Counts a packet of `size` bytes on the wire.
    public mutating func add(_ layers: PacketLayers, size: Int) {
        let index = Self.index(Kind(layers))
        counts[index].packetCount += 1
        // Bytes wrap after 2^63: 292 years at a gigabyte a second.
        counts[index].byteCount &+= size
    }

    /// What there was of a kind.
    public subscript(kind: Kind) -> Count { counts[Self.index(kind)] }

    private static func index(_ kind: Kind) -> Int { Kind.allCases.firstIndex(of: kind) ?? 0 }
}

extension ProtocolTally.Kind {
    /// The kind of a packet.
    public init(_ layers: PacketLayers) {
        guard layers.problem == nil else {
            self = .unreadable
            return
        }
        switch (layers.transport, layers.network) {
        case (.tcp, _): self = .tcp
        case (.udp, _): self = .udp
        case (.icmp, _): self = .icmp
        case (.icmpv6, _): self = .icmpv6
        case (.laterFragment, _): self = .fragment
        case (_, .ipv4): self = .otherIPv4
        case (_, .ipv6): self = .otherIPv6
        case (_, .arp): self = .arp
        default: self = .other
        }
    }
}

extension ProtocolTally: CustomStringConvertible {
    /// A line a kind that was seen, the most bytes first.
    public var description: String {
        Kind.allCases.filter { self[$0].packetCount > 0 }
            .sorted { self[$0].byteCount > self[$1].byteCount }
            .map { "\($0.rawValue): \(self[$0].packetCount) packets, \(self[$0].byteCount) bytes" }
            .joined(separator: "\n")
    }
}
