import HTTP
import Sockets

/// Where a command listens for sessions, before it does.
struct SessionDoors: Sendable {
    private let texts: [String]
    private let origins: WebSocketOrigins
    private let tls: TLSServerOptions

    /// Endpoints as a person wrote them; the default for none.
    init(_ texts: [String], origins: WebSocketOrigins, _ tls: TLSServerOptions) {
        self.texts = texts.isEmpty ? [SessionServerOptions.defaultEndpoint] : texts
        self.origins = origins
        self.tls = tls
    }

    /// Listens everywhere, tells where, and runs `body`; all are closed whatever happens.
    func open(
        _ announcer: Announcer,
        _ invitation: @escaping @Sendable (Endpoint) -> String,
        _ body: ([SessionDoor]) async throws -> Void
    ) async throws {
        let endpoints = try texts.map { try Endpoint.session($0) }
        if tls.isGiven, !endpoints.contains(where: \.isSecure) {
            throw Failure(.usage, "nothing here is encrypted: TLS options are for tls and wss")
        }
        let server = try tlsServer(for: endpoints.filter(\.isSecure))
        var doors: [SessionDoor] = []
        defer { for door in doors { door.listener.close() } }
        for endpoint in endpoints {
            doors.append(try await door(at: endpoint, server, announcer))
        }
        for door in doors { announcer.tell(.listening(door.endpoint)) }
        if let first = doors.first(where: \.endpoint.isSecure) {
            server?.begin(on: first.endpoint, announcer, invitation: invitation)
        }
        try await body(doors)
    }

    /// One for all doors, so that they show one certificate; nil where no TLS is spoken.
    private func tlsServer(for endpoints: [Endpoint]) throws(SocketError) -> TLSServer? {
        if endpoints.isEmpty { return nil }
        var names: [String] = []
        for name in endpoints.flatMap({ TLSServerOptions.names(of: $0) })
        where !names.contains(name) {
            names.append(name)
        }
        let hasWebSocket = endpoints.contains { $0.scheme == .wss }
        return try tls.server(for: names, speaking: hasWebSocket ? ["http/1.1"] : [])
    }

    private func door(
        at endpoint: Endpoint,
        _ server: TLSServer?,
        _ announcer: Announcer
    ) async throws -> SessionDoor {
        let listener = try await StreamListener.listen(on: endpoint.transport)
        return SessionDoor(
            listener: listener,
            endpoint: Endpoint(
                listener.localAddress,
                speaking: endpoint.scheme,
                path: endpoint.path
            ),
            tls: endpoint.isSecure ? server : nil,
            origins: origins,
            http: HTTPServer(listener),
            announcer: announcer
        )
    }
}
