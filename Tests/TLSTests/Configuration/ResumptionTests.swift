import Sockets
import SocketsTesting
import TLS
import Testing

@Suite("Resumption")
struct ResumptionTests {
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func theSecondConnectionIsResumed(version: TLSVersion) async throws {
        let parties = try Parties(versions: version...version)
        #expect(try await !isResumed(parties.client, parties.server))
        for _ in 0..<3 { #expect(try await isResumed(parties.client, parties.server)) }
        // Another client knows nothing of it, nor does this one under another name.
        let other = try Parties(versions: version...version)
        #expect(try await !isResumed(other.client, other.server))
        #expect(try await !isResumed(parties.client, parties.server, name: "127.0.0.1"))
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func notWhereItIsSwitchedOff(version: TLSVersion) async throws {
        let parties = try Parties(versions: version...version)
        let server = try TLSServerConfiguration(
            identities: [parties.identity],
            resumesSessions: false
        )
        let client = try TLSClientConfiguration(
            trustRoots: .only(parties.identity.certificates),
            versions: version...version,
            resumesSessions: false
        )
        for _ in 0..<2 {
            #expect(try await !isResumed(parties.client, server))
            #expect(try await !isResumed(client, parties.server))
        }
    }

    @Test func notAfterAReload() async throws {
        let parties = try Parties()
        #expect(try await !isResumed(parties.client, parties.server))
        try parties.server.reload([parties.identity])
        #expect(try await !isResumed(parties.client, parties.server))
        #expect(try await isResumed(parties.client, parties.server))
    }

    /// Tickets are used once, and come with the first bytes that are received.
    @Test func asManyAtOnceAsSessionsAreKept() async throws {
        let parties = try Parties(versions: .tls13 ... .tls13)
        for expected in [0, 4] {
            var pairs: [(TLSStream<InMemoryStream>, TLSStream<InMemoryStream>)] = []
            for _ in 0..<6 { pairs.append(try await parties.inMemory()) }
            #expect(pairs.count { $0.0.negotiated.isResumed } == expected)
            for (near, far) in pairs {
                try await far.send("ticket")
                #expect(try await near.text(atLeast: 6) == "ticket")
            }
        }
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func whoTheClientIsStaysKnown(version: TLSVersion) async throws {
        let (authority, parties) = try (Authority(), Parties(versions: version...version))
        let identity = try authority.issue("somebody")
        let client = try TLSClientConfiguration(
            trustRoots: .only(parties.identity.certificates),
            identity: identity,
            versions: version...version
        )
        let server = try TLSServerConfiguration(
            identities: [parties.identity],
            clientCertificates: .required(.only([authority.certificate]))
        )
        for index in 0..<2 {
            let (near, far) = try await connected(InMemoryStream.pair(), client, server)
            #expect(far.negotiated.isResumed == (index > 0))
            #expect(far.negotiated.peerCertificates.first == identity.certificates.first)
            try await far.send("ticket")
            #expect(try await near.text(atLeast: 6) == "ticket")
        }
    }

    /// Connects, talks so that a ticket can come, and closes.
    private func isResumed(
        _ client: TLSClientConfiguration,
        _ server: TLSServerConfiguration,
        name: String = Parties.name
    ) async throws -> Bool {
        let (near, far) = try await connected(InMemoryStream.pair(), client, server, name: name)
        try await far.send("hello")
        far.close()
        #expect(try await near.text() == "hello")
        near.close()
        #expect(near.negotiated.isResumed == far.negotiated.isResumed)
        #expect(near.negotiated.peerCertificates.first == server.identities[0].certificates.first)
        return near.negotiated.isResumed
    }
}
