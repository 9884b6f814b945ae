public import Sockets

/// How a client reaches an origin: what makes the stream that HTTP, or TLS for it, is spoken on.
public struct HTTPConnector: Sendable {
    let connect: @Sendable (HTTPOrigin) async throws -> any ByteStream

    /// Connects by a closure of the caller's: through a proxy, in memory, to another address.
    ///
    /// Never TLS: that is added where the origin asks for it. Observe the task's deadline and
    /// cancellation.
    public init(_ connect: @escaping @Sendable (HTTPOrigin) async throws -> any ByteStream) {
        self.connect = connect
    }

    /// TCP to the origin's own host and port.
    public static let direct = Self { origin in
        let endpoint = try Endpoint(scheme: .tcp, host: origin.host, port: origin.port)
        let connection = try await StreamConnection.connect(to: endpoint)
        // Requests are sent when they are whole; nothing is gained by waiting for more.
        try? connection.set(.noDelay, to: true)
        return connection
    }

    /// Every origin is reached at one endpoint, whatever its URLs say: `unix:/run/docker.sock`.
    public static func endpoint(_ endpoint: Endpoint) -> Self {
        Self { _ in try await StreamConnection.connect(to: endpoint) }
    }
}
