import Sockets
import SocketsTesting
import TLS
import Testing

@Suite("Servers with several names, protocols and clients")
struct ServerNameTests {
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func theCertificateForTheNameIsShown(version: TLSVersion) async throws {
        let identities = try ["one", "two", "*.wild"].map { name in
            try TLSIdentity.selfSigned(names: ["\(name).example"])
        }
        let server = try TLSServerConfiguration(identities: identities)
        let client = try TLSClientConfiguration(
            verification: .recorded,
            versions: version...version
        )
        let expected = [
            "one.example": 0, "two.example": 1, "a.wild.example": 2, "none.example": 0,
            "192.0.2.1": 0,
        ]
        for (name, index) in expected {
            let (stream, _) = try await connected(InMemoryStream.pair(), client, server, name: name)
            #expect(stream.negotiated.peerCertificates == identities[index].certificates, "\(name)")
        }
    }

    @Test func theServersPreferredProtocolIsChosen() async throws {
        let parties = try Parties()
        let server = try TLSServerConfiguration(
            identities: [parties.identity],
            applicationProtocols: ["h3", "http/1.1", "irc"]
        )
        for (offer, expected) in [
            (["irc", "http/1.1"], "http/1.1"), (["other", "irc"], "irc"), ([], nil),
        ] {
            let client = try TLSClientConfiguration(
                trustRoots: .only(parties.identity.certificates),
                applicationProtocols: offer
            )
            let (near, far) = try await connected(InMemoryStream.pair(), client, server)
            #expect(near.negotiated.applicationProtocol == expected)
            #expect(far.negotiated.applicationProtocol == expected)
        }
    }

    @Test func aClientThatSpeaksNoneOfOurProtocolsIsTold() async throws {
        let parties = try Parties()
        let server = try TLSServerConfiguration(
            identities: [parties.identity],
            applicationProtocols: ["http/1.1"]
        )
        let client = try TLSClientConfiguration(
            trustRoots: .only(parties.identity.certificates),
            applicationProtocols: ["irc"]
        )
        let (near, far) = InMemoryStream.pair()
        async let accepting: Void = expect(.handshakeFailed, saying: "application protocol") {
            _ = try await TLSStream.accept(over: far, configuration: server)
        }
        await expect(.handshakeFailed, saying: "no application protocol") {
            _ = try await TLSStream.connect(over: near, name: Parties.name, configuration: client)
        }
        await accepting
    }

    @Test func versionsThatDoNotMeetAreTold() async throws {
        let parties = try Parties()
        let server = try TLSServerConfiguration(
            identities: [parties.identity],
            versions: .tls13 ... .tls13
        )
        let client = try TLSClientConfiguration(versions: .tls12 ... .tls12)
        let (near, far) = InMemoryStream.pair()
        async let accepting: Void = expect(.handshakeFailed, saying: "unsupported protocol") {
            _ = try await TLSStream.accept(over: far, configuration: server)
        }
        await expect(.handshakeFailed, saying: "alert: protocol version") {
            _ = try await TLSStream.connect(over: near, name: Parties.name, configuration: client)
        }
        await accepting
    }

    @Test func aServerNeedsAnIdentityAndProtocolsNeedNames() async throws {
        await expect(.invalidArgument, saying: "needs an identity") {
            _ = try TLSServerConfiguration(identities: [])
        }
        for name in ["", String(repeating: "x", count: 256)] {
            await expect(.invalidArgument, saying: "protocol's name") {
                _ = try TLSClientConfiguration(applicationProtocols: [name])
            }
        }
    }

    @Test func reloadedCertificatesAreShownToNewConnections() async throws {
        let parties = try Parties()
        let pair = try await parties.inMemory()
        let next = try TLSIdentity.selfSigned()
        try parties.server.reload([next])
        let client = try TLSClientConfiguration(trustRoots: .only(next.certificates))
        let (near, _) = try await connected(InMemoryStream.pair(), client, parties.server)
        #expect(near.negotiated.peerCertificates == next.certificates)
        await expect(.untrustedPeer) { _ = try await parties.inMemory() }
        await expect(.invalidArgument) { try parties.server.reload([]) }
        #expect(parties.server.identities.map(\.certificates) == [next.certificates])
        try await pair.0.send("still open")
        #expect(try await pair.1.text(atLeast: 10) == "still open")
    }
}
