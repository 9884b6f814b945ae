import Sockets
import SocketsTesting
import TLS
import Testing

/// Every way a server's certificate can be wrong is refused, with words that say which and for whom.
@Suite("Bad certificates")
struct BadCertificateTests {
    let authority: Authority

    init() throws { authority = try Authority() }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func aGoodOneIsTaken(version: TLSVersion) async throws {
        let identity = try authority.issue("good.example", names: "DNS:good.example,IP:192.0.2.7")
        for name in ["good.example", "GOOD.example.", "192.0.2.7"] {
            let (client, server) = try await connected(
                InMemoryStream.pair(),
                try client(versions: version...version),
                TLSServerConfiguration(identities: [identity]),
                name: name
            )
            #expect(client.negotiated.peerCertificates.count == 2)
            #expect(client.negotiated.peerCertificates.first?.issuer == "CN=Test Authority")
            #expect(client.negotiated.verificationFailures.isEmpty)
            #expect(server.negotiated.serverName == (name == "192.0.2.7" ? nil : name.withoutDot))
        }
    }

    @Test func expired() async throws {
        try await expectRefusal(
            of: authority.issue("old.example", to: "20210203040506Z"),
            as: "old.example",
            .expired,
            "the certificate of old.example has expired (notAfter 2021-02-03T04:05:06Z)"
        )
    }

    @Test func notYetValid() async throws {
        try await expectRefusal(
            of: authority.issue("new.example", from: "20880101000000Z"),
            as: "new.example",
            .notYetValid,
            "the certificate of new.example is not valid yet (notBefore 2088-01-01T00:00:00Z)"
        )
    }

    @Test(arguments: ["example.org", "192.0.2.1", "a.b.other.example"])
    func wrongName(name: String) async throws {
        try await expectRefusal(
            of: authority.issue("other.example", names: "DNS:other.example,DNS:*.other.example"),
            as: name,
            .wrongName,
            "the certificate is for other.example, *.other.example, not \(name)"
        )
    }

    @Test func selfSigned() async throws {
        try await expectRefusal(
            of: .selfSigned(names: ["self.example"]),
            as: "self.example",
            .selfSigned,
            "the certificate of self.example is self-signed and not trusted"
        )
    }

    @Test func unknownAuthority() async throws {
        let other = try Authority()
        let identity = try other.issue("far.example")
        try await expectRefusal(
            of: TLSIdentity(
                certificatePEM: identity.ownCertificatePEM,
                keyPEM: identity.privateKeyPEM
            ),
            as: "far.example",
            .unknownAuthority,
            "the certificate of far.example is signed by an unknown authority “CN=Test Authority”"
        )
    }

    @Test func anAuthorityThatIsShownAndNotTrusted() async throws {
        let identity = try authority.issue("far.example")
        let nobody = try TLSClientConfiguration(trustRoots: .only([]))
        await expect(.untrustedPeer, saying: "behind the certificate of far.example is not trusted")
        {
            _ = try await connected(
                InMemoryStream.pair(),
                nobody,
                TLSServerConfiguration(identities: [identity]),
                name: "far.example"
            )
        }
    }

    @Test func theSystemsRootsDoNotKnowOurs() async throws {
        let identity = try authority.issue("far.example")
        await expect(.untrustedPeer, saying: "far.example") {
            _ = try await connected(
                InMemoryStream.pair(),
                TLSClientConfiguration(),
                TLSServerConfiguration(identities: [identity]),
                name: "far.example"
            )
        }
    }

    @Test func wrongPin() async throws {
        let (right, wrong) = try (TLSIdentity.selfSigned(), TLSIdentity.selfSigned())
        let server = try TLSServerConfiguration(identities: [right])
        let pinned = try TLSClientConfiguration(
            verification: .pinned([right.certificates[0].fingerprint])
        )
        // Any name: the pin says who it is.
        let (client, _) = try await connected(
            InMemoryStream.pair(),
            pinned,
            server,
            name: "any.example"
        )
        client.close()
        let other = try TLSClientConfiguration(
            verification: .pinned([wrong.certificates[0].fingerprint])
        )
        let text = "differs from the pin: \(right.certificates[0].fingerprint)"
        await expect(.untrustedPeer, saying: text) {
            _ = try await connected(InMemoryStream.pair(), other, server, name: "any.example")
        }
    }

    @Test func aTrustedCertificateNeedsNoAuthority() async throws {
        let (client, _) = try await Parties().inMemory()
        #expect(client.negotiated.verificationFailures.isEmpty)
    }

    @Test(arguments: [
        "", "a b", "exämple.org", "nul\0.example", String(repeating: "a", count: 254),
        ".example.org", "a..example", ".", "*.example.org",
    ])
    func whatIsNoNameIsRefused(name: String) async throws {
        let parties = try Parties()
        await expect(.invalidArgument, saying: "no host name") {
            _ = try await TLSStream.connect(
                over: InMemoryStream.pair().0,
                name: name,
                configuration: parties.client
            )
        }
    }

    /// Refused where it is enforced, and told of where it is recorded; the server hears of it too.
    private func expectRefusal(
        of identity: TLSIdentity,
        as name: String,
        _ check: CertificateFailure.Check,
        _ words: String
    ) async throws {
        let configuration = try TLSServerConfiguration(identities: [identity])
        let (near, far) = InMemoryStream.pair()
        async let accepting: Void = expect(.handshakeFailed, saying: "certificate") {
            let stream = try await TLSStream.accept(over: far, configuration: configuration)
            _ = try await stream.text()
        }
        await expect(.untrustedPeer, saying: words) {
            _ = try await TLSStream.connect(over: near, name: name, configuration: client())
        }
        await accepting
        let (looker, _) = try await connected(
            InMemoryStream.pair(),
            client(.recorded),
            configuration,
            name: name
        )
        #expect(looker.negotiated.verificationFailures.map(\.check).contains(check))
        #expect(looker.negotiated.verificationFailures.first?.description.contains(words) == true)
    }

    private func client(
        _ verification: TLSClientConfiguration.Verification = .full,
        versions: ClosedRange<TLSVersion> = .tls12 ... .tls13
    ) throws -> TLSClientConfiguration {
        try TLSClientConfiguration(
            trustRoots: .only([authority.certificate]),
            verification: verification,
            versions: versions
        )
    }
}

extension String {
    /// As SNI has it: without the dot at the end.
    fileprivate var withoutDot: String { hasSuffix(".") ? String(dropLast()) : self }
}

extension TLSIdentity {
    /// The first of the certificates.
    fileprivate var ownCertificatePEM: String {
        let end = "-----END CERTIFICATE-----\n"
        let pem = certificatePEM
        guard let range = pem.firstRange(of: end) else { return pem }
        return String(pem[..<range.upperBound])
    }
}
