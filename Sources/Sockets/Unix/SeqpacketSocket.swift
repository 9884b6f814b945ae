internal import CLinux

/// A Unix sequenced-packet socket that is neither bound nor connected: socket(2), SOCK_SEQPACKET.
///
/// Its phases are those of a ``StreamSocket``: create → ``bind(to:)`` →
/// ``BoundSeqpacketSocket/listen(_:)`` → accept, or create → ``connect(to:)``.
///
/// ```swift
/// let listener = try SeqpacketSocket.create()
///     .bind(to: UnixAddress(abstract: "control"))
///     .listen()
/// ```
public struct SeqpacketSocket: ~Copyable {
    private let socket: StreamSocket

    private init(_ socket: consuming StreamSocket) { self.socket = socket }

    /// Creates a socket: socket(2), close-on-exec and non-blocking.
    ///
    /// - Parameters:
    ///   - loops: The loops that will look after it.
    ///   - options: Set right away.
    /// - Returns: The socket.
    /// - Throws: ``SocketError`` when the kernel has none or refuses an option.
    public static func create(
        loops: EventLoopGroup = .shared,
        options: [SocketSetting] = []
    ) throws(SocketError) -> SeqpacketSocket {
        let result = System.createSeqpacket()
        guard result >= 0 else {
            throw SocketError(.init(errno: CInt(-result)), in: .create, errno: CInt(-result))
        }
        let descriptor = Descriptor(CInt(result))
        try SocketSetting.apply(options, to: descriptor.number)
        return SeqpacketSocket(StreamSocket(descriptor, loops: loops))
    }

    /// Gives it a local address: bind(2).
    public consuming func bind(to address: UnixAddress) throws(SocketError) -> BoundSeqpacketSocket
    {
        BoundSeqpacketSocket(try socket.bind(to: .unix(address)))
    }

    /// Connects to an address: connect(2).
    ///
    /// Waits while the listener's queue is full; deadlines and cancellation are terminal: the
    /// attempt is given up and its descriptor closed.
    public consuming func connect(
        to address: UnixAddress
    ) async throws(SocketError) -> SeqpacketConnection {
        SeqpacketConnection(try await socket.connect(to: .unix(address)))
    }
}

/// A Unix sequenced-packet socket with a local address.
public struct BoundSeqpacketSocket: ~Copyable {
    private let socket: BoundStreamSocket

    fileprivate init(_ socket: consuming BoundStreamSocket) { self.socket = socket }

    /// The address it has: getsockname(2).
    public var localAddress: SocketAddress { socket.localAddress }

    /// Lets others connect: listen(2).
    public consuming func listen(
        _ configuration: StreamListener.Configuration = .init()
    ) throws(SocketError) -> SeqpacketListener {
        SeqpacketListener(try socket.listen(configuration))
    }

    /// Connects from the bound address: connect(2).
    ///
    /// Like ``SeqpacketSocket/connect(to:)``.
    public consuming func connect(
        to address: UnixAddress
    ) async throws(SocketError) -> SeqpacketConnection {
        SeqpacketConnection(try await socket.connect(to: .unix(address)))
    }
}
