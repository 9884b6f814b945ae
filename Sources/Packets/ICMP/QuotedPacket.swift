public import Addresses

/// The packet that an ICMP error speaks of, as far as the error quotes it.
///
/// Routers quote the IP header and at least 8 bytes more (RFC 792), which is enough to tell whose
/// packet it was. Anyone can send such an error: compare it with what was really sent.
public struct QuotedPacket: Hashable, Sendable {
    /// What the first 8 bytes after the IP header say.
    public enum Transport: Hashable, Sendable {
        /// UDP: its ports, and its length in bytes with the header.
        case udp(sourcePort: UInt16, destinationPort: UInt16, length: UInt16)

        /// TCP: its ports and sequence number.
        case tcp(sourcePort: UInt16, destinationPort: UInt16, sequenceNumber: UInt32)

        /// An ICMP echo request.
        case echoRequest(ICMPEcho)

        /// Anything else, a later fragment, or fewer than 8 bytes.
        case unknown
    }

    /// Who sent the packet.
    public let source: IPAddress

    /// Where it was to go.
    public let destination: IPAddress

    /// What its payload was.
    public let payloadProtocol: IPProtocol

    /// How many routers might have passed it on when it was quoted.
    public let hopLimit: UInt8

    /// Identification of an IPv4 packet; 0 for IPv6.
    public let identification: UInt16

    /// The beginning of the payload.
    public let transport: Transport

    /// Reads the body of an ICMP error, of either version of IP.
    ///
    /// - Throws: ``PacketError`` if there is no whole IP header.
    public init(parsing bytes: RawSpan) throws(PacketError) {
        try bytes.need(1, "quoted packet")
        let start: Int
        let isMiddle: Bool
        if bytes.byte(at: 0) >> 4 == 6 {
            let header = try IPv6Header(parsing: bytes)
            let chain = try IPv6Extensions(
                parsing: bytes.dropping(IPv6Header.size),
                startingWith: header.nextHeader
            )
            source = .v6(header.source)
            destination = .v6(header.destination)
            payloadProtocol = chain.payloadProtocol
            hopLimit = header.hopLimit
            identification = 0
            start = IPv6Header.size + chain.size
            isMiddle = (chain.fragment?.offset ?? 0) != 0
        } else {
            let header = try IPv4Header(parsing: bytes)
            source = .v4(header.source)
            destination = .v4(header.destination)
            payloadProtocol = header.payloadProtocol
            hopLimit = header.timeToLive
            identification = header.identification
            start = header.size
            isMiddle = header.fragmentOffset != 0
        }
        transport =
            isMiddle ? .unknown : Transport(quoted: bytes.dropping(start), as: payloadProtocol)
    }
}

extension QuotedPacket.Transport {
    init(quoted bytes: RawSpan, as payloadProtocol: IPProtocol) {
        guard bytes.byteCount >= 8 else {
            self = .unknown
            return
        }
        let (first, second) = (bytes.uint16(at: 0), bytes.uint16(at: 2))
        switch payloadProtocol {
        case .udp:
            self = .udp(sourcePort: first, destinationPort: second, length: bytes.uint16(at: 4))
        case .tcp:
            self = .tcp(
                sourcePort: first,
                destinationPort: second,
                sequenceNumber: bytes.uint32(at: 4)
            )
        case .icmp where first >> 8 == 8, .icmpv6 where first >> 8 == 128:
            self = .echoRequest(ICMPEcho(rest: bytes.uint32(at: 4)))
        default: self = .unknown
        }
    }
}
