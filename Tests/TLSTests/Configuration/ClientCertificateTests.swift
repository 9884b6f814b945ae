import Sockets
import SocketsTesting
import TLS
import Testing

@Suite("Client certificates")
struct ClientCertificateTests {
    let authority: Authority
    let parties: Parties

    init() throws {
        authority = try Authority()
        parties = try Parties()
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func oneThatIsTrustedIsTaken(version: TLSVersion) async throws {
        let identity = try authority.issue("somebody")
        let (near, far) = try await connected(
            InMemoryStream.pair(),
            client(identity, version),
            server(.required(roots))
        )
        #expect(far.negotiated.peerCertificates.first == identity.certificates.first)
        #expect(far.negotiated.peerCertificates.count == 2)
        try await near.send("it is me")
        #expect(try await far.text(atLeast: 8) == "it is me")
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func noneIsRefusedWhereOneIsRequired(version: TLSVersion) async throws {
        try await expectRefusal(nil, version, "showed no certificate", "handshake failed: ")
        let (near, far) = try await connected(
            InMemoryStream.pair(),
            client(nil, version),
            server(.requested(roots))
        )
        #expect(far.negotiated.peerCertificates.isEmpty)
        near.close()
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func oneThatIsNotTrustedIsRefused(version: TLSVersion) async throws {
        try await expectRefusal(
            .selfSigned(),
            version,
            "the certificate of the client is self-signed",
            "unknown CA"
        )
        try await expectRefusal(
            authority.issue("somebody", to: "20210101000000Z"),
            version,
            "the certificate of the client has expired",
            "this side's certificate: certificate expired"
        )
    }

    private var roots: TLSTrustRoots { .only([authority.certificate]) }

    private func client(
        _ identity: TLSIdentity?,
        _ version: TLSVersion
    ) throws -> TLSClientConfiguration {
        try TLSClientConfiguration(
            trustRoots: .only(parties.identity.certificates),
            identity: identity,
            versions: version...version
        )
    }

    private func server(
        _ asked: TLSServerConfiguration.ClientCertificates
    ) throws -> TLSServerConfiguration {
        try TLSServerConfiguration(identities: [parties.identity], clientCertificates: asked)
    }

    private func expectRefusal(
        _ identity: TLSIdentity?,
        _ version: TLSVersion,
        _ words: String,
        _ wordsThere: String
    ) async throws {
        let (near, far) = InMemoryStream.pair()
        let (client, server) = try (client(identity, version), server(.required(roots)))
        async let accepting: Void = expect(.untrustedPeer, saying: words) {
            _ = try await TLSStream.accept(over: far, configuration: server)
        }
        // A client of TLS 1.3 is done before the server has looked (RFC 8446 §4.4.2.4): it is told
        // when it receives.
        await expect(.handshakeFailed, saying: wordsThere) {
            let stream = try await TLSStream.connect(
                over: near,
                name: Parties.name,
                configuration: client
            )
            _ = try await stream.text()
        }
        await accepting
    }
}
