internal import CLinux
internal import Glibc

extension StreamConnection {
    /// Connects to an endpoint, runs `body` with the connection and closes it.
    ///
    /// On a loop's thread that loop looks after the connection, otherwise one of `loops`. A name is
    /// resolved and its addresses are raced (RFC 8305): one attempt every 250 ms or as
    /// soon as the one before has failed, the first to succeed wins and the others are closed.
    ///
    /// ```swift
    /// try await StreamConnection.connect(to: "localhost:12345") { connection in
    ///     try await connection.send("hello\n")
    /// }
    /// ```
    public static func connect<Result>(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        options: [SocketSetting] = [],
        _ body: (StreamConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await connect(to: endpoint, loops: loops, options: options)
        defer { connection.close() }
        return try await body(connection)
    }

    /// Connects to an endpoint; the caller closes the connection.
    ///
    /// At the latest it is closed when nothing refers to it any more.
    ///
    /// Deadlines and cancellation are terminal: every attempt is given up and closed. Fails with
    /// the error of the last attempt, whose ``SocketError/detail`` lists the others.
    public static func connect(
        to endpoint: Endpoint,
        loops: EventLoopGroup = .shared,
        options: [SocketSetting] = []
    ) async throws(SocketError) -> StreamConnection {
        let addresses = try await Resolver.shared.addresses(of: endpoint)
        let race = ConnectionRace(addresses: addresses, loops: loops, options: options)
        do throws(SocketError) {
            return try await race.run()
        } catch {
            throw error.naming(endpoint)
        }
    }

    /// Two connected Unix stream sockets: socketpair(2).
    ///
    /// On a loop's thread that loop looks after them, otherwise one of `loops`.
    public static func pair(
        loops: EventLoopGroup = .shared
    ) throws(SocketError) -> (StreamConnection, StreamConnection) {
        try pair(type: clinux_stream_type(), loops)
    }

    /// Two connected Unix sockets of a type.
    static func pair(
        type: CInt,
        _ loops: EventLoopGroup
    ) throws(SocketError) -> (StreamConnection, StreamConnection) {
        let numbers = try System.createPair(type: type)
        let loop = try loops.nearest()
        return (
            StreamConnection(
                PolledSocket(Descriptor(numbers.0), loop: loop),
                peerAddress: .unix(.unnamed)
            ),
            StreamConnection(
                PolledSocket(Descriptor(numbers.1), loop: loop),
                peerAddress: .unix(.unnamed)
            )
        )
    }

    /// connect(2) to the peer's address, and the wait for its outcome.
    func finishConnecting() async throws(SocketError) {
        try await enter(.writing, .connect)
        var result = System.connect(socket.number, to: peerAddress)
        var pause = Duration.milliseconds(1)
        while peerAddress.isUnix, System.wouldBlock(result) {
            // The listener's queue is full, and no event says when it is not: ask again.
            socket.leave(.writing, ready: true)
            do throws(SocketError) {
                try await loop.sleep(until: .after(pause))
            } catch {
                throw failure(error.code, .connect)
            }
            pause = min(pause * 2, .milliseconds(100))
            try await enter(.writing, .connect)
            result = System.connect(socket.number, to: peerAddress)
        }
        if result == -Int(EINPROGRESS) || result == -Int(EINTR) {
            try await wait(.writing, .connect)
            result = -Int(System.pendingError(socket.number))
        }
        socket.leave(.writing, ready: true)
        guard result == 0 else { throw failure(.connect, errno: result) }
        // TCP lets a socket connect to itself when the kernel chose the very port it tries: nobody
        // listens there.
        if !peerAddress.isUnix, localAddress == peerAddress {
            throw failure(.refused, .connect, detail: "the connection met itself")
        }
    }
}
