public import Sockets
public import TLS

/// A web server: HTTP/1.1 (RFC 9112) over TCP, Unix sockets or TLS.
///
/// ```swift
/// try await HTTPServer.listen(on: "localhost:8080") { server in
///     try await server.serve { request, response in
///         try await response.send("you asked for \(request.path)\n")
///     }
/// }
/// ```
/// Each connection is a child task of ``serve(_:)`` on the thread of its loop, and its requests are
/// handled one after the other. What a client may grow or delay has a limit in ``Configuration``; a
/// client that breaks one is answered with the status HTTP has for it, and closed, and no other
/// notices.
public final class HTTPServer: Sendable {
    /// Answers one request.
    ///
    /// What it throws ends its exchange alone.
    public typealias Handler =
        @Sendable (HTTPServerRequest, HTTPServerResponse) async throws -> Void

    /// The listener below.
    public let listener: StreamListener
    /// The identity it shows, and what it asks of clients; nil without TLS.
    public let tls: TLSServerConfiguration?
    let configuration: Configuration
    let connections = OpenConnections()

    /// A server on a listener; nothing is accepted before ``serve(_:)``.
    public init(
        _ listener: StreamListener,
        tls: TLSServerConfiguration? = nil,
        _ configuration: Configuration = .init()
    ) {
        self.listener = listener
        self.tls = tls
        self.configuration = configuration
    }

    /// Listens on an endpoint, runs `body` with the server and closes it.
    ///
    /// See ``Sockets/StreamListener/listen(on:loops:_:)`` for what an endpoint means.
    public static func listen<Result>(
        on endpoint: Endpoint,
        tls: TLSServerConfiguration? = nil,
        loops: EventLoopGroup = .shared,
        _ configuration: Configuration = .init(),
        _ body: (HTTPServer) async throws -> Result
    ) async throws -> Result {
        try await StreamListener.listen(on: endpoint, loops: loops, configuration.listener) {
            try await body(HTTPServer($0, tls: tls, configuration))
        }
    }

    /// The address clients connect to.
    public var localAddress: SocketAddress { listener.localAddress }

    /// Serves until the listener is closed or drained, or the task is cancelled; see
    /// ``Sockets/StreamListener/serve(_:)``.
    public func serve(_ handler: @escaping Handler) async throws(SocketError) {
        try await listener.serve { [self] connection in
            guard tls == nil else { return try await serveSecurely(connection, handler) }
            await begin(connection).serve(handler)
        }
    }

    /// A connection without TLS.
    ///
    /// Not part of the above, whose frame lives as long as the connection.
    @inline(never)
    private func begin(_ connection: StreamConnection) -> ServerConnection {
        prepare(connection)
        let client = HTTPClientIdentity(peerAddress: connection.peerAddress, isSecure: false)
        return ServerConnection(connection, client: client, of: self)
    }

    /// Sets what the kernel is to do for every client; a Unix socket has none of it.
    private func prepare(_ connection: StreamConnection) {
        // Answers are sent when they are whole; nothing is gained by waiting for more.
        try? connection.set(.noDelay, to: true)
        // The average pace allows hours for a large answer. The kernel knows whether anything of it was
        // taken, and ends the connection by itself: without a timer here, under TLS and WebSockets too.
        try? connection.set(.userTimeout, to: configuration.acknowledgementLimit)
    }

    @inline(never)
    private func serveSecurely(
        _ connection: StreamConnection,
        _ handler: Handler
    ) async throws {
        guard let tls else { return }
        prepare(connection)
        let stream = try await accept(tls, over: connection)
        await serve(stream, of: connection.peerAddress, isSecure: true, handler)
    }

    /// Makes the handshake.
    ///
    /// Not part of the above, whose frame lives as long as the connection.
    @inline(never)
    private func accept(
        _ tls: TLSServerConfiguration,
        over connection: StreamConnection
    ) async throws -> TLSStream<StreamConnection> {
        try await withDeadline(.after(configuration.handshakeTimeLimit)) {
            try await TLSStream.accept(over: connection, configuration: tls)
        }
    }

    /// Serves one client over any stream, until it or the server has had enough.
    ///
    /// The stream is closed.
    public func serve(
        _ stream: some ByteStream,
        of peerAddress: SocketAddress?,
        isSecure: Bool,
        _ handler: Handler
    ) async {
        let client = HTTPClientIdentity(peerAddress: peerAddress, isSecure: isSecure)
        await ServerConnection(stream, client: client, of: self).serve(handler)
    }

    /// Stops accepting, ends idle connections, lets the others answer what they have begun until a
    /// deadline, and then cancels them.
    ///
    /// ``serve(_:)`` returns when all have ended. Any task.
    public func drain(before deadline: Deadline) {
        listener.drain(before: deadline)
        connections.stop()
    }
}
