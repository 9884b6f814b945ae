import HTTP
import Sockets

/// Calls an endpoint, and makes what is spoken there a line.
struct Dialer: Sendable {
    let endpoint: Endpoint
    let webSocket: WebSocketOptions
    let announcer: Announcer
    private let transport: TransportDialer

    /// - Throws: What is wrong with the options or the files they name.
    init(
        to endpoint: Endpoint,
        _ tls: TLSClientOptions,
        _ protocols: TLSProtocolOptions,
        _ webSocket: WebSocketOptions,
        _ announcer: Announcer
    ) throws {
        try webSocket.check(endpoint)
        if webSocket.origin.count > 1 {
            throw Failure(.usage, "a client is from one --origin")
        }
        self.endpoint = endpoint
        self.webSocket = webSocket
        self.announcer = announcer
        transport = try TransportDialer(
            for: endpoint,
            tls,
            offering: endpoint.isSecure
                ? protocols.protocols(isWebSocket: endpoint.scheme.isWebSocket) : protocols.alpn,
            announcer
        )
    }

    /// Makes one attempt.
    func line(on loops: EventLoopGroup) async throws(SocketError) -> any ConversationLine {
        if endpoint.isDatagram {
            return try await ConnectedLine.connect(to: endpoint, loops: loops)
        }
        switch try await transport.connect(to: endpoint, on: loops) {
        case .plain(let connection):
            guard endpoint.scheme.isWebSocket else { return connection }
            return try await messages(over: connection, .init(connection))
        case .secure(let stream):
            guard endpoint.scheme.isWebSocket else { return SecureLine(stream) }
            return try await messages(over: stream, .init(stream))
        }
    }

    private func messages(
        over stream: some ByteStream,
        _ carrier: WebSocketCarrier
    ) async throws(SocketError) -> MessageLine {
        // Messages are whole; nothing is gained by waiting for more.
        try? carrier.transport.set(.noDelay, to: true)
        let (announcer, peer) = (announcer, carrier.peerEndpoint)
        do {
            let socket = try await WebSocketConnection.connect(
                over: stream,
                host: endpoint.authority,
                target: endpoint.path,
                fields: webSocket.fields,
                webSocket.client { announcer.tell(.control(peer, $0)) }
            )
            return MessageLine(
                socket,
                over: carrier,
                sending: webSocket.binary ? .reads : .lines,
                wait: webSocket.wait.duration,
                announcer
            )
        } catch {
            throw carrier.error(error, in: .handshake)
        }
    }
}

extension WebSocketOptions {
    /// - Throws: A usage failure for options of a protocol that is not spoken.
    func check(_ endpoint: Endpoint) throws(Failure) {
        guard isGiven, !endpoint.scheme.isWebSocket else { return }
        throw Failure(
            .usage,
            "\(endpoint) is no WebSocket: --binary, --origin and --subprotocol are for ws and wss"
        )
    }
}

extension Endpoint {
    /// What `Host` says: the port only where it is not the scheme's own (RFC 9110 §7.2), and no zone, which
    /// means something on this machine alone (RFC 6874 §4).
    var authority: String {
        port == scheme.defaultPort ? "\(host.withoutZone)" : "\(host.withoutZone):\(port)"
    }
}
