/// The families of socket addresses.
public enum AddressFamily: Hashable, Sendable {
    /// IPv4 (AF_INET, ip(7)).
    case ipv4
    /// IPv6 (AF_INET6, ipv6(7)).
    case ipv6
    /// Unix sockets (AF_UNIX, unix(7)).
    case unix
}

extension SocketAddress {
    /// The family it belongs to.
    public var family: AddressFamily {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        case .unix: .unix
        }
    }
}
