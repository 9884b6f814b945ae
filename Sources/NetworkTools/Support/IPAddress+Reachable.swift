package import Sockets

extension IPAddress {
    var family: AddressFamily {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        }
    }

    /// The address that answers what is sent to this one, as the kernel then gives it.
    ///
    /// - "Any" means this machine.
    /// - A zone that the address does not need is taken away: the kernel ignores it when it sends
    ///   (`::1%lo`, `2001:db8::1%eth0`), and the reply comes without it.
    /// - An IPv4 address in the form of IPv6 is an IPv4 address: ICMPv6 never gets there.
    package var reachable: IPAddress {
        switch self {
        case .v4(let address): return .v4(address.isAny ? .loopback : address)
        case .v6(var address):
            if let address = address.ipv4Mapped { return IPAddress.v4(address).reachable }
            if address.isAny { return .v6(.loopback) }
            if !address.needsZone { address.zone = 0 }
            return .v6(address)
        }
    }
}
