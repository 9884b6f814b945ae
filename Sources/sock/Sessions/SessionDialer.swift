import HTTP
import Sockets

/// Calls an endpoint of any kind that carries a session.
struct SessionDialer: Sendable {
    private let transport: TransportDialer

    /// - Throws: What is wrong with the options or the files they name.
    init(to endpoint: Endpoint, _ tls: TLSClientOptions, _ announcer: Announcer) throws {
        let protocols = endpoint.scheme == .wss ? ["http/1.1"] : []
        transport = try TransportDialer(for: endpoint, tls, offering: protocols, announcer)
    }

    /// Makes one attempt: at the endpoint it is for, or another of the same scheme.
    func stream(to endpoint: Endpoint) async throws(SocketError) -> any ByteStream {
        switch try await transport.connect(to: endpoint, on: .shared) {
        case .plain(let connection):
            return try await stream(to: endpoint, over: connection, .init(connection))
        case .secure(let stream):
            return try await self.stream(to: endpoint, over: stream, .init(stream))
        }
    }

    private func stream(
        to endpoint: Endpoint,
        over stream: some ByteStream,
        _ carrier: WebSocketCarrier
    ) async throws(SocketError) -> any ByteStream {
        // A session gathers what it sends by itself.
        try? carrier.transport.set(.noDelay, to: true)
        guard endpoint.scheme.isWebSocket else { return stream }
        do {
            return WebSocketByteStream(
                try await WebSocketConnection.connect(
                    over: stream,
                    host: endpoint.authority,
                    target: endpoint.path
                )
            )
        } catch {
            throw carrier.error(error, in: .handshake)
        }
    }
}
