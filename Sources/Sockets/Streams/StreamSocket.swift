internal import Glibc

/// A stream socket that is neither bound nor connected: socket(2).
///
/// The phases of a socket are types, and each step consumes the one before, so the wrong order does
/// not compile: create → ``bind(to:)`` → ``BoundStreamSocket/listen(_:)`` → accept, or create →
/// ``connect(to:)``. A socket that goes no further is closed when it goes out of scope.
///
/// ```swift
/// let listener = try StreamSocket.create(.ipv4)
///     .bind(to: .v4(.loopback, port: 0))
///     .listen()
/// ```
public struct StreamSocket: ~Copyable {
    let descriptor: Descriptor
    let loops: EventLoopGroup

    init(_ descriptor: consuming Descriptor, loops: EventLoopGroup) {
        self.descriptor = descriptor
        self.loops = loops
    }

    /// Creates a socket: socket(2), close-on-exec and non-blocking.
    ///
    /// - Parameters:
    ///   - family: TCP over IPv4 or IPv6, or Unix.
    ///   - loops: The loops that will look after it.
    ///   - options: Set right away. TCP sockets get ``SocketOption/noDelay`` before them.
    /// - Returns: The socket.
    /// - Throws: ``SocketError`` when the kernel has none or refuses an option.
    public static func create(
        _ family: AddressFamily,
        loops: EventLoopGroup = .shared,
        options: [SocketSetting] = []
    ) throws(SocketError) -> StreamSocket {
        let result = System.createStream(family: family.number)
        guard result >= 0 else {
            throw SocketError(.init(errno: CInt(-result)), in: .create, errno: CInt(-result))
        }
        let descriptor = Descriptor(CInt(result))
        if family != .unix {
            try SocketOption<Bool>.noDelay.set(descriptor.number, to: true)
        }
        try SocketSetting.apply(options, to: descriptor.number)
        return StreamSocket(descriptor, loops: loops)
    }

    /// Gives it a local address: bind(2).
    ///
    /// Port 0 lets the kernel choose; read it back from ``BoundStreamSocket/localAddress``.
    public consuming func bind(to address: SocketAddress) throws(SocketError) -> BoundStreamSocket {
        let result = System.bind(descriptor.number, to: address)
        guard result >= 0 else {
            throw SocketError(
                // ENOENT is a missing folder here, not a peer that refuses.
                result == -Int(ENOENT) ? .addressNotAvailable : .init(errno: CInt(-result)),
                in: .bind,
                local: address,
                errno: CInt(-result)
            )
        }
        return BoundStreamSocket(self, requested: address)
    }

    /// Connects to an address: connect(2).
    ///
    /// Waits until the peer's kernel has answered; deadlines and cancellation are terminal: the
    /// attempt is given up and its descriptor closed.
    public consuming func connect(
        to address: SocketAddress
    ) async throws(SocketError) -> StreamConnection {
        let loop = try loops.nearest()
        let socket = PolledSocket(descriptor, loop: loop)
        let connection = StreamConnection(socket, peerAddress: address)
        do throws(SocketError) {
            try await connection.finishConnecting()
        } catch {
            connection.close()
            throw error
        }
        return connection
    }
}

/// A stream socket with a local address.
public struct BoundStreamSocket: ~Copyable {
    private let socket: StreamSocket

    /// The address it has: getsockname(2), so the real port when 0 was asked for.
    public let localAddress: SocketAddress

    init(_ socket: consuming StreamSocket, requested: SocketAddress) {
        localAddress = System.localAddress(socket.descriptor.number) ?? requested
        self.socket = socket
    }

    /// Lets others connect: listen(2).
    public consuming func listen(
        _ configuration: StreamListener.Configuration = .init()
    ) throws(SocketError) -> StreamListener {
        let address = localAddress
        let result = System.listen(
            socket.descriptor.number,
            backlog: CInt(clamping: configuration.backlog)
        )
        guard result >= 0 else {
            throw SocketError(
                .init(errno: CInt(-result)),
                in: .listen,
                local: address,
                errno: CInt(-result)
            )
        }
        return try StreamListener(socket, localAddress: address, configuration: configuration)
    }

    /// Connects from the bound address: connect(2).
    ///
    /// Like ``StreamSocket/connect(to:)``.
    public consuming func connect(
        to address: SocketAddress
    ) async throws(SocketError) -> StreamConnection {
        try await socket.connect(to: address)
    }
}
