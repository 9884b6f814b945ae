public import Sockets

extension TLSStream {
    /// Makes the handshake as a client.
    ///
    /// Cancellation and deadlines are terminal, as every failure is: the transport is closed.
    ///
    /// - Parameters:
    ///   - transport: A connected stream on which nothing has been sent.
    ///   - name: The server's name or IP address: what its certificate must be for, and what it is
    ///     asked for (SNI).
    ///   - configuration: What is trusted.
    /// - Returns: The stream, ready for data.
    /// - Throws: ``Sockets/SocketError``: `untrustedPeer`, whose detail says which check failed for
    ///   which name; `handshakeFailed` with the peer's alert; `malformed` when the peer speaks something
    ///   else; `unexpectedEnd`; `invalidArgument` for what is no name; the transport's own.
    public static func connect(
        over transport: Transport,
        name: String,
        configuration: TLSClientConfiguration
    ) async throws(SocketError) -> TLSStream {
        try await handshake(over: transport) { () throws(TLSFault) in
            .client(configuration.context, name: try PeerName(name))
        }
    }

    /// Makes the handshake as a server.
    ///
    /// Like ``connect(over:name:configuration:)``. Give it a deadline: a client may say nothing.
    ///
    /// ```swift
    /// let stream = try await withDeadline(.after(.seconds(10))) {
    ///     try await TLSStream.accept(over: connection, configuration: configuration)
    /// }
    /// ```
    public static func accept(
        over transport: Transport,
        configuration: TLSServerConfiguration
    ) async throws(SocketError) -> TLSStream {
        try await handshake(over: transport) { .server(configuration.context) }
    }

    private static func handshake(
        over transport: Transport,
        as side: () throws(TLSFault) -> TLSConnection.Side
    ) async throws(SocketError) -> TLSStream {
        do throws(SocketError) {
            let session: SharedSession
            do throws(TLSFault) {
                session = SharedSession(try TLSConnection(try side()))
            } catch {
                throw error.error(in: .handshake)
            }
            while try await !step(session, over: transport) {
                try await session.receiveRecords(from: transport)
            }
            return TLSStream(transport, session)
        } catch {
            defer { transport.close() }
            throw located(error, over: transport, in: .handshake)
        }
    }

    /// Goes as far as it goes without the peer; true when the handshake is done.
    private static func step(
        _ session: SharedSession,
        over transport: Transport
    ) async throws(SocketError) -> Bool {
        let outcome: Result<TLSSession.HandshakeStep, TLSFault> = session.lock.withLock { session in
            session.beginHandshake()
            do throws(TLSFault) { return .success(try session.handshake()) } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let step):
            try await session.sendRecords(over: transport)
            if step == .doneInSilence { acknowledge(over: transport) }
            return step != .needsMore
        case .failure(let fault):
            // The alert that says why, as far as it goes out at once.
            try? await withDeadline(.now) { () async throws(SocketError) in
                try await session.sendRecords(over: transport)
            }
            throw fault.error(in: .handshake)
        }
    }

    /// Lets the kernel acknowledge the peer's last words now, since nothing of ours goes out that would.
    ///
    /// It waits for up to 40 ms else, and so does the peer: with Nagle's algorithm (RFC 9293 §3.7.4), which
    /// sockets have by default, it sends its first data only when its handshake is acknowledged.
    private static func acknowledge(over transport: Transport) {
        // What is no TCP has nothing to acknowledge.
        try? transport.lowestConnection?.set(.quickAck, to: true)
    }

    /// An error with the addresses of the transport, where it has any.
    static func located(
        _ error: SocketError,
        over transport: Transport,
        in operation: SocketError.Operation? = nil,
        transferred count: Int = 0
    ) -> SocketError {
        let connection = transport as? StreamConnection
        return SocketError(
            error.code,
            in: operation ?? error.operation,
            local: error.localAddress ?? connection?.localAddress,
            peer: error.peerAddress ?? connection?.peerAddress,
            over: error.transport,
            errno: error.errno,
            transferredCount: count,
            detail: error.detail
        )
    }
}
