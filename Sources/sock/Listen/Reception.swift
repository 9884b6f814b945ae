import HTTP
import HTTPCodec
import Sockets
import TLS

/// What a client's stream goes through before there is a conversation.
protocol Reception: Sendable {
    associatedtype Line: ConversationLine

    /// Receives one client, and runs `body` with its line.
    ///
    /// A client with whom no conversation comes about is told of, and is no error. What `body` throws
    /// is kept by whoever wrote it: between it and here may be a web server.
    func receive(
        _ connection: StreamConnection,
        _ body: @escaping @Sendable (Line) async throws -> Void
    ) async throws
}

/// Nothing is between the stream and the conversation.
struct PlainReception: Reception {
    func receive(
        _ connection: StreamConnection,
        _ body: @escaping @Sendable (StreamConnection) async throws -> Void
    ) async throws {
        try await body(connection)
    }
}

/// TLS.
struct SecureReception: Reception {
    let server: TLSServer
    let announcer: Announcer

    func receive(
        _ connection: StreamConnection,
        _ body: @escaping @Sendable (SecureLine) async throws -> Void
    ) async throws {
        guard let stream = await server.welcome(connection, .tls, announcer) else { return }
        try await body(SecureLine(stream))
    }
}

extension TLSServer {
    /// Makes the handshake with a client; nil when it failed, which has been told.
    func welcome(
        _ connection: StreamConnection,
        _ scheme: Endpoint.Scheme,
        _ announcer: Announcer
    ) async -> TLSStream<StreamConnection>? {
        do throws(SocketError) {
            return try await accept(connection)
        } catch {
            if error.code != .cancelled {
                let peer = Endpoint(connection.peerAddress, speaking: scheme)
                announcer.tell(.turnedAway(peer, reason: "\(error)"))
            }
            return nil
        }
    }
}

/// WebSocket, with TLS below it or not.
struct WebSocketReception: Reception {
    /// Nil for ws.
    let tls: TLSServer?
    /// The path clients must ask for; nil for any.
    let path: String?
    let options: WebSocketOptions
    let sending: MessageLine.Sending
    let wait: Duration
    let http: HTTPServer
    let announcer: Announcer

    func receive(
        _ connection: StreamConnection,
        _ body: @escaping @Sendable (MessageLine) async throws -> Void
    ) async throws {
        // Messages are whole; nothing is gained by waiting for more.
        try? connection.set(.noDelay, to: true)
        guard let tls else { return await serve(connection, .init(connection), body) }
        if let stream = await tls.welcome(connection, .wss, announcer) {
            await serve(stream, .init(stream), body)
        }
    }

    private func serve(
        _ stream: some ByteStream,
        _ carrier: WebSocketCarrier,
        _ body: @escaping @Sendable (MessageLine) async throws -> Void
    ) async {
        await http.serve(
            stream,
            of: carrier.transport.peerAddress,
            isSecure: tls != nil
        ) { request, response in
            let socket: WebSocketConnection
            do {
                socket = try await accept(request, response, carrier.peerEndpoint)
            } catch {
                announcer.tell(
                    .turnedAway(carrier.peerEndpoint, reason: "\(error)".printable)
                )
                throw error
            }
            let line = MessageLine(
                socket,
                over: carrier,
                sending: sending,
                wait: wait,
                announcer
            )
            try await body(line)
        }
    }

    private func accept(
        _ request: HTTPServerRequest,
        _ response: HTTPServerResponse,
        _ peer: Endpoint
    ) async throws -> WebSocketConnection {
        try await response.acceptWebSocket(
            for: request,
            at: path,
            options.server { [announcer] in announcer.tell(.control(peer, $0)) }
        )
    }
}
