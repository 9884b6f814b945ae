internal import Glibc

extension SocketOption where Value == Bool {
    /// Lets a datagram socket send to a broadcast address (SO_BROADCAST).
    public static var broadcast: Self { flag("SO_BROADCAST", SOL_SOCKET, SO_BROADCAST) }

    /// Has the kernel put datagrams of one sender together into one large one (UDP_GRO, Linux 5.0);
    /// ``DatagramMetadata/segmentSize`` says what it is made of.
    ///
    /// The memory to receive into should hold 65,535 bytes.
    public static var receiveOffload: Self { flag("UDP_GRO", System.udp, System.udpReceiveOffload) }

    /// Whether members of the group on this machine get what this socket sends to it, on by default
    /// (IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP).
    public static var multicastLoopback: Self {
        ofFamily(
            "IP_MULTICAST_LOOP",
            (System.ip, CInt(IP_MULTICAST_LOOP)),
            "IPV6_MULTICAST_LOOP",
            (System.ipv6, CInt(IPV6_MULTICAST_LOOP))
        ) {
            $0 != 0
        } write: {
            $0 ? 1 : 0
        }
    }

    /// Binds to addresses that are not of this machine yet (IP_FREEBIND, IPV6_FREEBIND).
    public static var freeBind: Self {
        ofFamily(
            "IP_FREEBIND",
            (System.ip, CInt(IP_FREEBIND)),
            "IPV6_FREEBIND",
            (System.ipv6, 78)  // linux/in6.h
        ) {
            $0 != 0
        } write: {
            $0 ? 1 : 0
        }
    }
}

extension SocketOption where Value == Int {
    /// Hops that what is sent may take: IP_TTL, IPV6_UNICAST_HOPS.
    ///
    /// 64 by default. Not for groups, which have ``multicastHopLimit``.
    public static var hopLimit: Self {
        ofFamily(
            "IP_TTL",
            (System.ip, CInt(IP_TTL)),
            "IPV6_UNICAST_HOPS",
            (System.ipv6, CInt(IPV6_UNICAST_HOPS))
        ) {
            Int($0)
        } write: {
            CInt(exactly: $0)
        }
    }

    /// Hops that what is sent to a group may take: IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS.
    ///
    /// 1 by default: the own link only.
    public static var multicastHopLimit: Self {
        ofFamily(
            "IP_MULTICAST_TTL",
            (System.ip, CInt(IP_MULTICAST_TTL)),
            "IPV6_MULTICAST_HOPS",
            (System.ipv6, CInt(IPV6_MULTICAST_HOPS))
        ) {
            Int($0)
        } write: {
            CInt(exactly: $0)
        }
    }

    /// The largest packet the path to the peer of a connected socket takes, in bytes with the IP
    /// header; only to be read (IP_MTU, IPV6_MTU).
    public static var pathMTU: Self {
        ofFamily(
            "IP_MTU",
            (System.ip, CInt(IP_MTU)),
            "IPV6_MTU",
            (System.ipv6, CInt(IPV6_MTU))
        ) {
            Int($0)
        } write: { _ in
            nil
        }
    }
}

extension SocketOption where Value == TrafficClass {
    /// What the packets ask for on the way: IP_TOS, IPV6_TCLASS.
    public static var trafficClass: Self {
        ofFamily(
            "IP_TOS",
            (System.ip, CInt(IP_TOS)),
            "IPV6_TCLASS",
            (System.ipv6, CInt(IPV6_TCLASS))
        ) {
            TrafficClass(rawValue: UInt8(truncatingIfNeeded: $0))
        } write: {
            CInt($0.rawValue)
        }
    }
}

extension SocketOption where Value == NetworkInterface {
    /// The interface by which what is sent to a group leaves: IP_MULTICAST_IF, IPV6_MULTICAST_IF.
    public static var multicastInterface: Self {
        Self(name: "IP_MULTICAST_IF, IPV6_MULTICAST_IF") { descriptor in
            System.multicastInterface(descriptor).map { NetworkInterface(index: $0) }
        } write: { descriptor, interface in
            System.setMulticastInterface(descriptor, interface.index)
        }
    }
}

/// What happens to datagrams that are larger than their way takes (IP_MTU_DISCOVER, ip(7)).
public enum PathMTUDiscovery: CInt, Hashable, Sendable {
    /// They are broken into fragments on the way or here.
    case off = 0
    /// They are broken here where the path is known to take less; the kernel's default.
    case whenKnown = 1
    /// They are not sent: sending fails with ``SocketError/Code/messageTooLarge``.
    case always = 2
    /// They are sent unbroken, and what the kernel knows of the path is not heeded: for finding it
    /// out oneself.
    case probe = 3
}

extension SocketOption where Value == PathMTUDiscovery {
    /// What happens to datagrams that are too large (IP_MTU_DISCOVER, IPV6_MTU_DISCOVER).
    public static var pathMTUDiscovery: Self {
        ofFamily(
            "IP_MTU_DISCOVER",
            (System.ip, CInt(IP_MTU_DISCOVER)),
            "IPV6_MTU_DISCOVER",
            (System.ipv6, CInt(IPV6_MTU_DISCOVER))
        ) {
            PathMTUDiscovery(rawValue: $0) ?? .whenKnown
        } write: {
            $0.rawValue
        }
    }
}

extension SocketOption {
    /// An option that each of the two IP families has a number of its own for.
    private static func ofFamily(
        _ name: String,
        _ v4: (level: CInt, number: CInt),
        _ name6: String,
        _ v6: (level: CInt, number: CInt),
        read: @escaping @Sendable (CInt) -> Value,
        write: @escaping @Sendable (Value) -> CInt?
    ) -> Self {
        Self(name: "\(name), \(name6)") { descriptor in
            let (level, number) = System.isIPv6(descriptor) ? v6 : v4
            return System.option(descriptor, level, number).map(read)
        } write: { descriptor, value in
            guard let value = write(value) else { return EINVAL }
            let (level, number) = System.isIPv6(descriptor) ? v6 : v4
            return System.setOption(descriptor, level, number, value)
        }
    }
}
