import Sockets
import TLS

/// Calls an endpoint as far as its bytes: TCP, a Unix socket, or TLS.
struct TransportDialer: Sendable {
    /// What carries the rest.
    enum Transport: Sendable {
        case plain(StreamConnection)
        case secure(TLSStream<StreamConnection>)
    }

    private let tls: TLSClientOptions
    private let announcer: Announcer
    /// Nil where no TLS is spoken.
    private let configuration: TLSClientConfiguration?

    /// Not inlined: Swift 6.3's optimiser crashes where it splits an async function with this in it.
    ///
    /// - Throws: What is wrong with the options or the files they name.
    @inline(never)
    init(
        for endpoint: Endpoint,
        _ tls: TLSClientOptions,
        offering protocols: [String],
        _ announcer: Announcer
    ) throws {
        if !endpoint.isSecure, tls.isGiven || !protocols.isEmpty {
            throw Failure(.usage, "\(endpoint) is not encrypted: TLS options are for tls and wss")
        }
        self.tls = tls
        self.announcer = announcer
        configuration = endpoint.isSecure ? try tls.configuration(offering: protocols) : nil
    }

    /// Makes one attempt.
    func connect(
        to endpoint: Endpoint,
        on loops: EventLoopGroup
    ) async throws(SocketError) -> Transport {
        let connection = try await StreamConnection.connect(to: endpoint.transport, loops: loops)
        guard let configuration else { return .plain(connection) }
        let stream = try await TLSStream.connect(
            over: connection,
            name: tls.name(for: endpoint),
            configuration: configuration
        )
        if tls.insecure { warn(endpoint, stream.negotiated) }
        return .secure(stream)
    }

    private func warn(_ endpoint: Endpoint, _ negotiated: TLSNegotiation) {
        let failures = negotiated.verificationFailures.map { $0.description.printable }
        announcer.tell(
            .insecure(
                endpoint,
                reason: failures.isEmpty
                    ? "its certificate would have passed" : failures.joined(separator: "; ")
            )
        )
    }
}
