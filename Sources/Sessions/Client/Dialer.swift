internal import Logging
internal import SessionProtocol
internal import Sockets

/// The endpoints of a client, and which comes next.
struct Dialer: Sendable {
    private(set) var configuration: SessionClientConfiguration
    let transport: @Sendable (Endpoint) async throws -> any ByteStream
    private let endpoints: [Endpoint]
    private var index = 0
    /// Where a server that drains has sent the client: tried first, once.
    private var recommended: Endpoint?
    /// The endpoint tried last.
    private(set) var current: Endpoint

    init(
        _ endpoints: [Endpoint],
        _ configuration: SessionClientConfiguration,
        _ transport: @escaping @Sendable (Endpoint) async throws -> any ByteStream
    ) {
        precondition(!endpoints.isEmpty, "a client with nowhere to connect to")
        self.endpoints = endpoints
        self.configuration = configuration
        self.transport = transport
        current = endpoints[0]
    }

    var endpointCount: Int { endpoints.count }

    /// Takes a server's word for where to go.
    ///
    /// Only within the same scheme: a server must not make a client show its credentials where nobody
    /// else could not read them.
    mutating func recommend(_ text: String) {
        guard let endpoint = try? Endpoint(text), endpoint.scheme == current.scheme else { return }
        recommended = endpoint
    }

    /// Goes on where a session before was last.
    ///
    /// Who was there once does not give up because the server is away again: it may be restarting.
    mutating func goOn(at endpoint: Endpoint?) {
        recommended = endpoint
        configuration.firstAttach = .persistent
    }

    /// This endpoint does not do: the next attempt goes to the next one.
    mutating func moveOn() { index = (index + 1) % endpoints.count }

    /// Connects to the endpoint whose turn it is.
    mutating func dial(by deadline: Deadline) async throws -> any ByteStream {
        current = recommended ?? endpoints[index]
        recommended = nil
        let endpoint = current
        return try await withDeadline(
            min(deadline, .after(configuration.connectTimeLimit))
        ) {
            try await transport(endpoint)
        }
    }
}
