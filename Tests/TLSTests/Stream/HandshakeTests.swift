import Sockets
import SocketsTesting
import TLS
import Testing

@Suite("Handshakes")
struct HandshakeTests {
    @Test(arguments: [TLSVersion.tls12, .tls13])
    func bothSidesAgreeAndTalk(version: TLSVersion) async throws {
        let parties = try Parties(versions: version...version)
        let (client, server) = try await parties.inMemory()
        #expect(client.negotiated.version == version)
        #expect(server.negotiated.version == version)
        #expect(client.negotiated.cipher == server.negotiated.cipher)
        #expect(client.negotiated.cipher.hasPrefix("TLS_"))
        #expect(server.negotiated.serverName == "localhost")
        #expect(client.negotiated.peerCertificates == parties.identity.certificates)
        #expect(server.negotiated.peerCertificates.isEmpty)
        try await client.send("hello")
        try await client.finish()
        #expect(try await server.text() == "hello")
        try await server.send("and good-bye")
        try await server.finish()
        #expect(try await client.text() == "and good-bye")
    }

    @Test func theNewestVersionIsPreferred() async throws {
        let (client, _) = try await Parties().inMemory()
        #expect(client.negotiated.version == .tls13)
    }

    @Test func overTCP() async throws {
        let parties = try Parties()
        let (client, server) = try await parties.pair(over: connectedTCP())
        try await server.send("hello")
        server.close()
        #expect(try await client.text() == "hello")
        client.close()
    }
}
