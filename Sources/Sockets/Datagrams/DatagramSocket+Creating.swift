internal import CLinux
internal import Glibc

extension DatagramSocket {
    /// A datagram socket that has no address yet: socket(2).
    ///
    /// A socket that goes no further is closed when it goes out of scope.
    public struct Unbound: ~Copyable {
        private let descriptor: Descriptor
        private let family: AddressFamily
        private let transport: SocketError.Transport
        private let loops: EventLoopGroup

        init(
            _ descriptor: consuming Descriptor,
            family: AddressFamily,
            transport: SocketError.Transport,
            loops: EventLoopGroup
        ) {
            self.descriptor = descriptor
            self.family = family
            self.transport = transport
            self.loops = loops
        }

        /// Gives it a local address: bind(2).
        ///
        /// Port 0 lets the kernel choose; read it back from ``DatagramSocket/localAddress``.
        public consuming func bind(
            to address: SocketAddress
        ) throws(SocketError) -> DatagramSocket {
            try bind(to: address, on: loops.nearest())
        }

        consuming func bind(
            to address: SocketAddress,
            on loop: EventLoop
        ) throws(SocketError) -> DatagramSocket {
            try bindDescriptor(to: address)
            let kind = MessageSocket.Kind(family: family.number, transport: transport)
            return DatagramSocket(
                MessageSocket(descriptor, kind: kind, loop: loop),
                requested: address
            )
        }

        /// Gives it a peer: connect(2), after bind(2) when a local address is given.
        ///
        /// Returns at once: nothing is sent. A Unix peer must be there.
        public consuming func connect(
            to address: SocketAddress,
            from local: SocketAddress? = nil
        ) throws(SocketError) -> DatagramConnection {
            if let local { try bindDescriptor(to: local) }
            let result = System.connect(descriptor.number, to: address)
            guard result >= 0 else {
                throw SocketError(
                    .init(errno: CInt(-result)),
                    in: .connect,
                    peer: address,
                    over: transport,
                    errno: CInt(-result)
                )
            }
            let kind = MessageSocket.Kind(family: family.number, transport: transport)
            let loop = try loops.nearest()
            return DatagramConnection(
                MessageSocket(descriptor, kind: kind, loop: loop, peer: address),
                peer: address
            )
        }

        private borrowing func bindDescriptor(to address: SocketAddress) throws(SocketError) {
            let result = System.bind(descriptor.number, to: address)
            guard result < 0 else { return }
            throw SocketError(
                // ENOENT is a missing folder here, not a peer that refuses.
                result == -Int(ENOENT) ? .addressNotAvailable : .init(errno: CInt(-result)),
                in: .bind,
                local: address,
                over: transport,
                errno: CInt(-result)
            )
        }
    }

    /// Creates a socket: socket(2), close-on-exec and non-blocking.
    ///
    /// ```swift
    /// let socket = try DatagramSocket.create(.ipv4).bind(to: .v4(.any, port: 0))
    /// ```
    ///
    /// - Parameters:
    ///   - family: UDP over IPv4 or IPv6, or Unix.
    ///   - loops: The loops that will look after it.
    ///   - metadata: What is to be reported of each datagram; Unix sockets have only the time.
    ///   - options: Set right away.
    /// - Returns: The socket.
    /// - Throws: ``SocketError`` when the kernel has none or refuses an option.
    public static func create(
        _ family: AddressFamily,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = []
    ) throws(SocketError) -> Unbound {
        try create(
            family,
            transport: .udp,
            protocolNumber: 0,
            loops: loops,
            metadata: metadata,
            options: options
        )
    }

    static func create(
        _ family: AddressFamily,
        transport: SocketError.Transport,
        protocolNumber: CInt,
        loops: EventLoopGroup,
        metadata: DatagramMetadata.Kinds,
        options: [SocketSetting]
    ) throws(SocketError) -> Unbound {
        let result = System.createDatagram(family: family.number, protocolNumber: protocolNumber)
        guard result >= 0 else {
            throw SocketError(
                .init(errno: CInt(-result)),
                in: .create,
                over: transport,
                errno: CInt(-result)
            )
        }
        let descriptor = Descriptor(CInt(result))
        if family != .unix {
            let error = System.setReports(descriptor.number, isIPv6: family == .ipv6, metadata)
            guard error == 0 else {
                throw SocketError(
                    .init(errno: error),
                    in: .setOption,
                    over: transport,
                    errno: error,
                    detail: "what to report of datagrams"
                )
            }
        }
        try SocketSetting.apply(options, to: descriptor.number, over: transport)
        return Unbound(descriptor, family: family, transport: transport, loops: loops)
    }

    /// Binds a socket to an endpoint, runs `body` with it and closes it.
    public static func bind<Result>(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = [],
        _ body: (DatagramSocket) async throws -> Result
    ) async throws -> Result {
        let socket = try await bind(
            to: endpoint,
            loops: loops,
            metadata: metadata,
            options: options
        )
        defer { socket.close() }
        return try await socket.core.socket.atHome { try await body(socket) }
    }

    /// Binds a socket to an endpoint; the caller closes it.
    ///
    /// - A name is resolved, and the first address that can be bound is taken.
    /// - `udp://:5353` and `udp://*:5353` are every address, IPv6 and IPv4 in one dual-stack socket
    ///   where the machine has both.
    /// - A Unix path whose socket file nobody has open any more is taken over; the file is removed
    ///   when the socket closes.
    public static func bind(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = []
    ) async throws(SocketError) -> DatagramSocket {
        var failure = SocketError(.noAddress, in: .bind, over: .udp, detail: "\(endpoint)")
        for address in try await addresses(toBind: endpoint) {
            do throws(SocketError) {
                return try bind(to: address, loops: loops, metadata: metadata, options: options)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Binds a socket to an address: socket(2) and bind(2) in one.
    public static func bind(
        to address: SocketAddress,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = []
    ) throws(SocketError) -> DatagramSocket {
        if case .unix = address {
            try UnixSocketFile.removeStale(at: address) { System.createDatagram(family: $0) }
        }
        return try create(
            address.family,
            loops: loops,
            metadata: metadata,
            options: defaults(for: address) + options
        ).bind(to: address)
    }

    static func defaults(for address: SocketAddress) -> [SocketSetting] {
        if case .v6(let ip, _) = address { [.set(.ipv6Only, to: !ip.isAny)] } else { [] }
    }

    static func addresses(toBind endpoint: Endpoint) async throws(SocketError) -> [SocketAddress] {
        if endpoint.scheme == .udp, case .any = endpoint.host {
            // The second is for a machine without IPv6.
            return [.v6(.any, port: endpoint.port), .v4(.any, port: endpoint.port)]
        }
        return try await Resolver.shared.addresses(of: endpoint, isDatagram: true)
    }
}

extension DatagramConnection {
    /// Connects to an endpoint, runs `body` with the connection and closes it.
    public static func connect<Result>(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = [],
        _ body: (DatagramConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await connect(
            to: endpoint,
            loops: loops,
            metadata: metadata,
            options: options
        )
        defer { connection.close() }
        return try await connection.core.socket.atHome { try await body(connection) }
    }

    /// Connects to an endpoint; the caller closes the connection.
    ///
    /// A name is resolved, and the first address with a route is taken. A Unix socket gets a name of
    /// the kernel's choice, so that the peer can answer.
    public static func connect(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        metadata: DatagramMetadata.Kinds = [],
        options: [SocketSetting] = []
    ) async throws(SocketError) -> DatagramConnection {
        var failure = SocketError(.noAddress, in: .connect, over: .udp, detail: "\(endpoint)")
        for address in try await Resolver.shared.addresses(of: endpoint, isDatagram: true) {
            do throws(SocketError) {
                return try DatagramSocket.create(
                    address.family,
                    loops: loops,
                    metadata: metadata,
                    options: options
                ).connect(to: address, from: address.isUnix ? .unix(.unnamed) : nil)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Two connected Unix datagram sockets: socketpair(2).
    ///
    /// On a loop's thread that loop looks after them, otherwise one of `loops`.
    public static func pair(
        loops: EventLoopGroup = .shared
    ) throws(SocketError) -> (DatagramConnection, DatagramConnection) {
        let (first, second) = try System.createPair(type: clinux_datagram_type())
        let loop = try loops.nearest()
        return (unixConnection(first, loop), unixConnection(second, loop))
    }

    private static func unixConnection(
        _ number: CInt,
        _ loop: EventLoop
    ) -> DatagramConnection {
        let peer = SocketAddress.unix(.unnamed)
        let core = MessageSocket(
            Descriptor(number),
            kind: .init(family: AF_UNIX, transport: .udp),
            loop: loop,
            peer: peer
        )
        return DatagramConnection(core, peer: peer)
    }
}
