import Sockets
import SocketsTesting
import TLS
import TestSupport
import Testing

@Suite("Key logs")
struct KeyLogTests {
    @Test func secretsAreWrittenWhereAskedAndForTheOwnerOnly() async throws {
        let folder = String(try run("mktemp", "-d").dropLast())
        defer { _ = try? run("rm", "-r", folder) }
        let path = folder + "/keys"
        let parties = try Parties()
        let client = try TLSClientConfiguration(
            trustRoots: .only(parties.identity.certificates),
            keyLogPath: path
        )
        _ = try await connected(InMemoryStream.pair(), client, parties.server)
        let text = try run("cat", path)
        let labels = Set(text.split(separator: "\n").compactMap { $0.split(separator: " ").first })
        #expect(labels.contains("CLIENT_TRAFFIC_SECRET_0"))
        #expect(labels.contains("SERVER_HANDSHAKE_TRAFFIC_SECRET"))
        #expect(try run("stat", "-c", "%a", path) == "600\n")
        _ = try await parties.inMemory()
        #expect(try run("cat", path) == text)
        await expect(.invalidArgument, saying: "/no/such/folder") {
            _ = try TLSClientConfiguration(keyLogPath: "/no/such/folder/keys")
        }
    }
}
