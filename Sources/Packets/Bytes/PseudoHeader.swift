public import Addresses

/// The addresses that a transport's checksum covers though they stand in the IP header
/// (RFC 9293 §3.1, RFC 8200 §8.1).
public enum PseudoHeader: Hashable, Sendable {
    /// That of a packet over IPv4.
    case v4(source: IPv4Address, destination: IPv4Address)

    /// That of a packet over IPv6; zones do not count.
    case v6(source: IPv6Address, destination: IPv6Address)

    /// The checksum of a transport's header and payload, `segment`, with this before it.
    ///
    /// Over a segment that holds its checksum, 0 if it is right.
    public func checksum(of segment: RawSpan, as transport: IPProtocol) -> UInt16 {
        var checksum = InternetChecksum()
        switch self {
        case .v4(let source, let destination):
            checksum.add(source.bits)
            checksum.add(destination.bits)
        case .v6(let source, let destination):
            checksum.add(source)
            checksum.add(destination)
        }
        checksum.add(UInt32(truncatingIfNeeded: segment.byteCount))
        checksum.add(UInt16(transport.rawValue))
        checksum.add(segment)
        return checksum.value
    }
}

extension InternetChecksum {
    fileprivate mutating func add(_ address: IPv6Address) {
        add(UInt32(truncatingIfNeeded: address.highBits >> 32))
        add(UInt32(truncatingIfNeeded: address.highBits))
        add(UInt32(truncatingIfNeeded: address.lowBits >> 32))
        add(UInt32(truncatingIfNeeded: address.lowBits))
    }
}
