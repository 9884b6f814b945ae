internal import CLinux
internal import Glibc

extension SocketOption where Value == Bool {
    /// Sends small pieces at once instead of collecting them (TCP_NODELAY).
    ///
    /// On by default here.
    public static var noDelay: Self { flag("TCP_NODELAY", System.tcp, CInt(TCP_NODELAY)) }

    /// Probes a silent peer (SO_KEEPALIVE); the timings are ``keepAliveIdle``,
    /// ``keepAliveInterval`` and ``keepAliveProbes``.
    public static var keepAlive: Self { flag("SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE) }

    /// Binds although connections of a former socket linger (SO_REUSEADDR).
    ///
    /// On for listeners here.
    public static var reuseAddress: Self { flag("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR) }

    /// Shares the port with other sockets of the same user (SO_REUSEPORT).
    public static var reusePort: Self { flag("SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT) }

    /// Acknowledges at once, until the kernel thinks otherwise (TCP_QUICKACK).
    public static var quickAck: Self { flag("TCP_QUICKACK", System.tcp, CInt(TCP_QUICKACK)) }

    /// Sends the first data with the SYN where a cookie is known (TCP_FASTOPEN_CONNECT).
    public static var fastOpenConnect: Self {
        flag("TCP_FASTOPEN_CONNECT", System.tcp, CInt(TCP_FASTOPEN_CONNECT))
    }

    /// Keeps an IPv6 socket to IPv6; off, it is dual-stack (IPV6_V6ONLY).
    public static var ipv6Only: Self { flag("IPV6_V6ONLY", System.ipv6, CInt(IPV6_V6ONLY)) }
}

extension SocketOption where Value == Int {
    /// The kernel's send buffer in bytes (SO_SNDBUF).
    ///
    /// Linux reads back twice what was set.
    public static var sendBufferSize: Self { integer("SO_SNDBUF", SOL_SOCKET, SO_SNDBUF) }

    /// The kernel's receive buffer in bytes (SO_RCVBUF).
    ///
    /// Linux reads back twice what was set.
    public static var receiveBufferSize: Self { integer("SO_RCVBUF", SOL_SOCKET, SO_RCVBUF) }

    /// Probes without an answer before the connection is given up (TCP_KEEPCNT).
    public static var keepAliveProbes: Self {
        integer("TCP_KEEPCNT", System.tcp, CInt(TCP_KEEPCNT))
    }

    /// Connections a listener holds that were opened with data in the SYN (TCP_FASTOPEN).
    public static var fastOpenQueue: Self {
        integer("TCP_FASTOPEN", System.tcp, CInt(TCP_FASTOPEN))
    }

    /// The mark of the socket's packets, for routing and firewalls (SO_MARK; CAP_NET_ADMIN).
    public static var mark: Self { integer("SO_MARK", SOL_SOCKET, SO_MARK) }

    /// Unsent bytes above which the kernel asks for no more (TCP_NOTSENT_LOWAT).
    public static var notSentLowWater: Self {
        integer("TCP_NOTSENT_LOWAT", System.tcp, CInt(TCP_NOTSENT_LOWAT))
    }
}

extension SocketOption where Value == Duration {
    /// Silence before the first keep-alive probe, in whole seconds (TCP_KEEPIDLE).
    public static var keepAliveIdle: Self {
        duration("TCP_KEEPIDLE", System.tcp, CInt(TCP_KEEPIDLE), unit: .seconds(1))
    }

    /// Time between keep-alive probes, in whole seconds (TCP_KEEPINTVL).
    public static var keepAliveInterval: Self {
        duration("TCP_KEEPINTVL", System.tcp, CInt(TCP_KEEPINTVL), unit: .seconds(1))
    }

    /// How long sent data may stay unacknowledged before the connection is given up, in whole
    /// milliseconds (TCP_USER_TIMEOUT); zero leaves it to the kernel.
    public static var userTimeout: Self {
        duration("TCP_USER_TIMEOUT", System.tcp, CInt(TCP_USER_TIMEOUT), unit: .milliseconds(1))
    }

    /// How long a listener holds a connection back until its first data, in whole seconds; the
    /// kernel rounds to its retransmission steps (TCP_DEFER_ACCEPT).
    public static var deferAccept: Self {
        duration("TCP_DEFER_ACCEPT", System.tcp, CInt(TCP_DEFER_ACCEPT), unit: .seconds(1))
    }
}

extension SocketOption where Value == Duration? {
    /// What close does with unsent data: nil sends it in the background; a time blocks the closing
    /// thread for so long, which an event loop must not do; zero throws it away and resets
    /// (SO_LINGER, whole seconds).
    public static var linger: Self {
        Self(name: "SO_LINGER") { descriptor in
            System.linger(descriptor).map { seconds in seconds.map { .seconds(Int64($0)) } }
        } write: { descriptor, value in
            guard let value else { return System.setLinger(descriptor, seconds: nil) }
            guard let seconds = value.whole(.seconds(1)) else { return EINVAL }
            return System.setLinger(descriptor, seconds: seconds)
        }
    }
}

extension SocketOption where Value == String {
    /// The congestion control algorithm, `cubic` or another the kernel has (TCP_CONGESTION).
    public static var congestionControl: Self {
        Self(name: "TCP_CONGESTION") { descriptor in
            System.textOption(descriptor, System.tcp, CInt(TCP_CONGESTION))
        } write: { descriptor, value in
            System.setTextOption(descriptor, System.tcp, CInt(TCP_CONGESTION), value)
        }
    }
}

extension SocketOption {
    static func flag(
        _ name: String,
        _ level: CInt,
        _ number: CInt
    ) -> Self where Value == Bool {
        Self(name: name) {
            System.option($0, level, number).map { $0 != 0 }
        } write: {
            System.setOption($0, level, number, $1 ? 1 : 0)
        }
    }

    private static func integer(
        _ name: String,
        _ level: CInt,
        _ number: CInt
    ) -> Self where Value == Int {
        Self(name: name) {
            System.option($0, level, number).map { Int($0) }
        } write: {
            guard let value = CInt(exactly: $1) else { return EINVAL }
            return System.setOption($0, level, number, value)
        }
    }

    private static func duration(
        _ name: String,
        _ level: CInt,
        _ number: CInt,
        unit: Duration
    ) -> Self where Value == Duration {
        Self(name: name) {
            System.option($0, level, number).map { unit * Int($0) }
        } write: {
            guard let value = $1.whole(unit) else { return EINVAL }
            return System.setOption($0, level, number, value)
        }
    }
}

extension Duration {
    /// The number of whole units, rounded up so that a short time does not become "none"; nil when
    /// it is negative or does not fit.
    fileprivate func whole(_ unit: Duration) -> CInt? {
        guard self >= .zero else { return nil }
        let nanoseconds = clampedNanoseconds
        let size = unit.clampedNanoseconds
        return CInt(exactly: nanoseconds / size + (nanoseconds % size == 0 ? 0 : 1))
    }
}
