/// All headers of a captured packet, read as far as they go.
///
/// Nothing is thrown: a capture shows packets as they are, and a wrong one is what somebody is
/// looking for. Reading stops at the first header that cannot be read, and ``problem`` says why.
public struct PacketLayers: Sendable {
    /// The link's header.
    public enum Link: Hashable, Sendable {
        /// An Ethernet frame.
        case ethernet(EthernetHeader)

        /// What the kernel said of the link.
        case cooked(LinuxCookedHeader)

        /// None, or one that could not be read.
        case none
    }

    /// The header inside the link's.
    public enum Network: Sendable {
        /// IPv4.
        case ipv4(IPv4Header)

        /// IPv6 and its extension headers, nil if they could not be read.
        case ipv6(IPv6Header, IPv6Extensions?)

        /// ARP.
        case arp(ARPMessage)

        /// A protocol that is not read here.
        case other(EtherType)

        /// None that could be read.
        case none
    }

    /// The header inside that of IP.
    public enum Transport: Sendable {
        /// TCP.
        case tcp(TCPHeader)

        /// UDP.
        case udp(UDPHeader)

        /// ICMP over IPv4.
        case icmp(ICMPv4Message)

        /// ICMP over IPv6.
        case icmpv6(ICMPv6Message)

        /// A fragment that is not the first, whose header is in another packet.
        case laterFragment(IPProtocol)

        /// A protocol that is not read here.
        case other(IPProtocol)

        /// None that could be read.
        case none
    }

    /// The link's header.
    public private(set) var link = Link.none

    /// The header inside the link's.
    public private(set) var network = Network.none

    /// The header inside that of IP.
    public private(set) var transport = Transport.none

    /// Where the bytes after the last header are, in what was given; always inside.
    public private(set) var payload: Range<Int>

    /// How many bytes there are after the last header on the wire, of which a capture may have kept
    /// fewer: those of ``payload``.
    public var payloadSize: Int { wirePayload.count }

    /// As ``payload``, in a packet that is all there.
    private var wirePayload: Range<Int>

    /// Why reading stopped before the end, with offsets from the start of what was given.
    public private(set) var problem: PacketError?

    /// Reads the headers of a packet.
    ///
    /// - Parameters:
    ///   - bytes: What was kept of it.
    ///   - layer: How they begin.
    ///   - size: How many bytes it had; nil for as many as were kept.
    public init(parsing bytes: RawSpan, link layer: LinkLayer, size: Int? = nil) {
        self.init(bytes, size: size) { (layers, bytes) throws(PacketError) in
            try layers.readLink(bytes, layer)
        }
    }

    /// Reads the headers of a packet from the network's on, as a packet socket gives it.
    ///
    /// - Parameters:
    ///   - bytes: What was kept of it.
    ///   - type: What they begin with.
    ///   - size: How many bytes it had; nil for as many as were kept.
    public init(parsing bytes: RawSpan, network type: EtherType, size: Int? = nil) {
        self.init(bytes, size: size) { (layers, bytes) throws(PacketError) in
            try layers.readNetwork(bytes, type)
        }
    }

    private init(
        _ bytes: RawSpan,
        size: Int?,
        _ read: (inout PacketLayers, RawSpan) throws(PacketError) -> Void
    ) {
        payload = 0..<bytes.byteCount
        wirePayload = 0..<max(bytes.byteCount, size ?? 0)
        do throws(PacketError) {
            try read(&self, bytes)
        } catch {
            // The offset counts from where the unread bytes begin.
            problem = error.shifted(by: payload.lowerBound)
        }
    }

    private mutating func readLink(
        _ bytes: RawSpan,
        _ layer: LinkLayer
    ) throws(PacketError) {
        switch layer {
        case .ethernet:
            let header = try EthernetHeader(parsing: bytes)
            link = .ethernet(header)
            skip(header.size)
            try readNetwork(bytes.extracting(payload), header.type)
        case .cooked:
            let header = try LinuxCookedHeader(parsing: bytes)
            link = .cooked(header)
            skip(LinuxCookedHeader.size)
            try readNetwork(bytes.extracting(payload), header.type)
        case .rawIP:
            try bytes.need(1, "IP", "version")
            try readNetwork(bytes, bytes.byte(at: 0) >> 4 == 6 ? .ipv6 : .ipv4)
        }
    }

    private mutating func readNetwork(
        _ bytes: RawSpan,
        _ type: EtherType
    ) throws(PacketError) {
        switch type {
        case .ipv4:
            let header = try IPv4Header(parsing: bytes)
            network = .ipv4(header)
            narrow(header.payloadRange(in:))
            try readTransport(
                bytes.extracting(header.payloadRange(in: bytes.byteCount)),
                header.payloadProtocol,
                isMiddle: header.fragmentOffset != 0
            )
        case .ipv6:
            let header = try IPv6Header(parsing: bytes)
            let inner = header.payloadRange(in: bytes.byteCount)
            network = .ipv6(header, nil)
            narrow(header.payloadRange(in:))
            let chain = try IPv6Extensions(
                parsing: bytes.extracting(inner),
                startingWith: header.nextHeader
            )
            network = .ipv6(header, chain)
            skip(chain.size)
            try readTransport(
                bytes.extracting(inner).dropping(chain.size),
                chain.payloadProtocol,
                isMiddle: (chain.fragment?.offset ?? 0) != 0
            )
        case .arp:
            network = .arp(try ARPMessage(parsing: bytes))
            skip(ARPMessage.size)
        default: network = .other(type)
        }
    }

    private mutating func readTransport(
        _ bytes: RawSpan,
        _ kind: IPProtocol,
        isMiddle: Bool
    ) throws(PacketError) {
        guard !isMiddle else {
            transport = .laterFragment(kind)
            return
        }
        switch kind {
        case .tcp:
            let header = try TCPHeader(parsing: bytes)
            transport = .tcp(header)
            skip(header.size)
        case .udp:
            let header = try UDPHeader(parsing: bytes)
            transport = .udp(header)
            narrow(header.payloadRange(in:))
        case .icmp:
            transport = .icmp(try ICMPv4Message(parsing: bytes))
            skip(ICMPv4Message.size)
        case .icmpv6:
            let message = try ICMPv6Message(parsing: bytes)
            transport = .icmpv6(message)
            skip(message.size)
        default: transport = .other(kind)
        }
    }

    /// Moves the payload's start past a header that was read, so it is there.
    private mutating func skip(_ size: Int) {
        payload = Self.dropping(size, from: payload)
        wirePayload = Self.dropping(size, from: wirePayload)
    }

    private static func dropping(_ size: Int, from range: Range<Int>) -> Range<Int> {
        min(range.lowerBound + size, range.upperBound)..<range.upperBound
    }

    /// Narrows the payload to what a header says of as many bytes as there are.
    private mutating func narrow(_ range: (Int) -> Range<Int>) {
        payload = Self.part(range(payload.count), of: payload)
        wirePayload = Self.part(range(wirePayload.count), of: wirePayload)
    }

    private static func part(_ inner: Range<Int>, of outer: Range<Int>) -> Range<Int> {
        let start = outer.lowerBound
        return (start + inner.lowerBound..<start + inner.upperBound).clamped(to: outer)
    }
}
