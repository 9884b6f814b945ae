import HTTP
import Sessions
import Sockets

/// One place where clients come for sessions: TCP, a Unix socket, TLS, WebSocket or WebSocket over TLS.
struct SessionDoor: Sendable {
    let listener: StreamListener
    /// As a client writes it.
    let endpoint: Endpoint
    /// Nil where no TLS is spoken.
    let tls: TLSServer?
    let origins: WebSocketOrigins
    let http: HTTPServer
    let announcer: Announcer

    /// Brings everybody who comes to a server, until the listener is closed or drained.
    func serve(_ server: SessionServer) async throws {
        // Who came before it serves would be sent away.
        while !server.isServing { await Task.yield() }
        try await listener.serve { connection in
            // A session gathers what it sends by itself.
            try? connection.set(.noDelay, to: true)
            guard let tls else { return await greet(connection, of: connection, server) }
            if let stream = await tls.welcome(connection, endpoint.scheme, announcer) {
                await greet(stream, of: connection, server)
            }
        }
    }

    private func greet(
        _ stream: some ByteStream,
        of connection: StreamConnection,
        _ server: SessionServer
    ) async {
        let peer = connection.peerAddress
        guard endpoint.scheme.isWebSocket else { return await server.attach(stream, peer: peer) }
        await http.serve(stream, of: peer, isSecure: tls != nil) { request, response in
            var configuration = WebSocketConfiguration()
            configuration.origins = origins
            let socket: WebSocketConnection
            do {
                socket = try await response.acceptWebSocket(
                    for: request,
                    at: endpoint.path == "/" ? nil : endpoint.path,
                    configuration
                )
            } catch {
                let client = Endpoint(peer, speaking: endpoint.scheme)
                announcer.tell(.turnedAway(client, reason: "\(error)".printable))
                throw error
            }
            await server.attach(WebSocketByteStream(socket), peer: peer)
        }
    }
}
