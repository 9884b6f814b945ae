import Addresses

/// A filter as it was written.
indirect enum FilterExpression: Sendable {
    /// One question.
    case primitive(FilterPrimitive)

    /// The opposite.
    case not(FilterExpression)

    /// Several joined from the left, all with the same precedence.
    case chain(FilterExpression, [(join: Join, term: FilterExpression)])

    enum Join: Sendable {
        case and
        case or
    }
}

/// One question of a filter.
enum FilterPrimitive: Hashable, Sendable {
    /// What the link carries.
    case link(EtherType)

    /// What IP carries, over one version or either.
    case carries(IPProtocol, FilterFamily?)

    /// An address in a range: an IPv4 one also in ARP and RARP, unless a family is named.
    case address(FilterPrefix, FilterDirection, EtherType?)

    /// A port in a range: of TCP, UDP and SCTP, or of one of them.
    case port(ClosedRange<UInt16>, FilterDirection, IPProtocol?)

    /// To a group of hosts.
    case multicast(FilterFamily)

    /// In a VLAN, or in that one.
    case vlan(UInt16?)

    /// At most, or at least, so many bytes.
    case sizeAtMost(UInt32)
    case sizeAtLeast(UInt32)
}

/// A version of IP.
enum FilterFamily: Hashable, Sendable {
    case v4
    case v6
}

/// Which end of a packet is asked about.
enum FilterDirection: Hashable, Sendable {
    case source
    case destination
    case either
    case both
}

/// An address and how many of its first bits count, or an IPv4 address and a mask.
enum FilterPrefix: Hashable, Sendable {
    case v4(IPv4Address, mask: UInt32)
    case v6(IPv6Address, length: Int)
}
