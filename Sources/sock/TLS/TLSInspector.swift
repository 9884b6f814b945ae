import Sockets
import TLS

/// Connects to a server to see what it shows.
struct TLSInspector {
    private let endpoint: Endpoint
    private let options: TLSClientOptions
    private let protocols: [String]

    /// How long a server has for handing out a ticket, after the handshake.
    ///
    /// Arbitrary: it comes with the answer to the handshake's last message, a round trip later.
    private static let ticketLimit = Duration.milliseconds(500)

    init(_ endpoint: Endpoint, _ options: TLSClientOptions, _ protocols: TLSProtocolOptions) {
        self.endpoint = endpoint
        self.options = options
        self.protocols = protocols.alpn
    }

    private var place: String { "\(endpoint.host):\(endpoint.port)" }

    func run() async throws -> TLSInspection {
        let stream = try await handshake(.recorded)
        defer { stream.close() }
        let negotiated = stream.negotiated
        return TLSInspection(
            endpoint: endpoint,
            address: stream.transport.peerAddress,
            name: options.name(for: endpoint),
            negotiated: negotiated,
            failures: failures(negotiated),
            resumption: try await resumption(negotiated)
        )
    }

    private func handshake(
        _ verification: TLSClientConfiguration.Verification
    ) async throws -> TLSStream<StreamConnection> {
        try await handshake(
            try options.configuration(offering: protocols, verification: verification)
        )
    }

    private func handshake(
        _ configuration: TLSClientConfiguration
    ) async throws -> TLSStream<StreamConnection> {
        let connection = try await StreamConnection.connect(to: endpoint)
        do throws(SocketError) {
            return try await TLSStream.connect(
                over: connection,
                name: options.name(for: endpoint),
                configuration: configuration
            )
        } catch {
            let detail = (error.detail ?? "\(error.code)").printable
            switch error.code {
            case .malformed:
                throw Failure(.failed, "\(place) answers, but not TLS: \(detail)")
            case .unexpectedEnd, .reset:
                throw Failure(.failed, "\(place) hangs up on a TLS client: \(detail)")
            case .deadlinePassed:
                throw Failure(
                    .deadlinePassed,
                    "\(place) takes connections, but does not answer a TLS client in time"
                )
            default: throw error
            }
        }
    }

    /// What is wrong: with a pin, whether it is another certificate, and else all that failed.
    private func failures(_ negotiated: TLSNegotiation) -> [TLSInspection.Failing] {
        guard !options.pin.isEmpty else {
            return negotiated.verificationFailures.map {
                .init(check: "\($0.check)", depth: $0.depth, words: $0.description.printable)
            }
        }
        let fingerprint = negotiated.peerCertificates.first?.fingerprint
        if let fingerprint, options.pin.contains(fingerprint) { return [] }
        let shown = fingerprint.map { "\($0)" } ?? "none"
        return [
            .init(
                check: "\(CertificateFailure.Check.wrongPin)",
                depth: 0,
                words: "the fingerprint of \(options.name(for: endpoint))'s certificate differs "
                    + "from the pin: \(shown)"
            )
        ]
    }

    /// Whether a second connection goes on with the session of a first.
    ///
    /// The one that was looked at keeps no session; whom these two talk to has been seen.
    private func resumption(_ negotiated: TLSNegotiation) async throws -> Bool? {
        guard let own = negotiated.peerCertificates.first else { return nil }
        let configuration = try options.configuration(
            offering: protocols,
            verification: .pinned([own.fingerprint])
        )
        do {
            let first = try await handshake(configuration)
            if first.negotiated.version == .tls13 {
                var buffer = ByteBuffer()
                // The ticket comes before whatever else does, if anything does.
                _ = try? await withDeadline(.after(Self.ticketLimit)) {
                    () async throws(SocketError) in
                    try await first.receive(into: &buffer)
                }
            }
            try? await first.finish()
            first.close()
            let second = try await handshake(configuration)
            defer { second.close() }
            return second.negotiated.isResumed
        } catch {
            // One conversation may be all it has to give; what was seen is seen.
            try Task.checkCancellation()
            return nil
        }
    }
}
