import Sockets
import SocketsTesting
import TLS
import Testing

/// Whom a certificate is for: RFC 9525 §6, case by case.
@Suite("Names of certificates")
struct NameCheckTests {
    let authority: Authority

    init() throws { authority = try Authority() }

    @Test(arguments: [
        ("DNS:host.example", "HOST.Example."),
        ("DNS:*.example.com", "a.example.com"),
        ("DNS:*.xn--bcher-kva.example", "www.xn--bcher-kva.example"),
        ("DNS:*.example.com", "xn--bcher-kva.example.com"),
        ("IP:fe80::1", "fe80::1%lo"),
        ("IP:fe80::1", "fe80::1%1"),
    ])
    func isFor(_ names: String, _ name: String) async throws {
        let (client, _) = try await looking(names, name)
        #expect(client.negotiated.verificationFailures == [])
    }

    @Test(arguments: [
        ("DNS:*.example.com", "example.com"),
        ("DNS:*.example.com", "a.b.example.com"),
        ("DNS:*-test.example.com", "en-test.example.com"),
        ("DNS:f*.example.com", "foo.example.com"),
        ("DNS:xn--*.example.com", "xn--bcher-kva.example.com"),
        ("DNS:a.*.example.com", "a.b.example.com"),
        ("DNS:*.*.example.com", "a.b.example.com"),
        ("DNS:*.com", "example.com"),
        ("DNS:*", "localhost"),
        ("DNS:host.example.", "host.example"),
        ("IP:192.0.2.1", "192.0.2.1.example"),
        ("DNS:.example.com", "a.example.com"),
        // good.example, a NUL, .evil.example
        (
            "DER:30:1c:82:1a:67:6f:6f:64:2e:65:78:61:6d:70:6c:65:00:2e:65:76:69:6c:2e:65:78:61:6d:70:6c:65",
            "good.example"
        ),
    ])
    func isNotFor(_ names: String, _ name: String) async throws {
        let (client, _) = try await looking(names, name)
        #expect(client.negotiated.verificationFailures.map(\.check) == [.wrongName])
    }

    @Test(arguments: ["", "email:host@host.example", "URI:https://host.example/"])
    func aCommonNameCountsForNothing(names: String) async throws {
        let (client, _) = try await looking(names, "host.example")
        let failure = try #require(client.negotiated.verificationFailures.first)
        #expect(failure.check == .wrongName)
        #expect(
            failure.description.hasPrefix(
                "the certificate names nobody in its subject alternative names; the common name does not"
                    + " count any more"
            )
        )
        #expect(failure.description.contains("host.example is asked for"))
    }

    @Test func anAddressWrittenAsAHostNameIsToldApart() async throws {
        let (client, _) = try await looking("DNS:192.0.2.7", "192.0.2.7")
        #expect(
            client.negotiated.verificationFailures.map(\.description)
                == ["the certificate is for 192.0.2.7 as a host name, not as an address"]
        )
    }

    @Test func aServerDoesNotChooseACertificateByItsCommonName() async throws {
        let first = try authority.issue("first.example")
        let named = try authority.issue("host.example", names: "")
        let server = try TLSServerConfiguration(identities: [first, named])
        let (client, _) = try await connected(
            InMemoryStream.pair(),
            TLSClientConfiguration(verification: .recorded),
            server,
            name: "host.example"
        )
        #expect(client.negotiated.peerCertificates.first == first.certificates.first)
    }

    /// A connection to a server whose certificate has these names and `host.example` as its common name;
    /// what fails is recorded.
    private func looking(
        _ names: String,
        _ name: String
    ) async throws -> (TLSStream<InMemoryStream>, TLSStream<InMemoryStream>) {
        let identity = try authority.issue("host.example", names: names)
        return try await connected(
            InMemoryStream.pair(),
            TLSClientConfiguration(
                trustRoots: .only([authority.certificate]),
                verification: .recorded
            ),
            TLSServerConfiguration(identities: [identity]),
            name: name
        )
    }
}
