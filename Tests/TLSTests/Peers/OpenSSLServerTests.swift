import Sockets
import SocketsTesting
import TLS
import TestSupport
import Testing

/// Our client, and `openssl s_server` at the other end, which answers each line reversed.
@Suite("With openssl s_server")
struct OpenSSLServerTests {
    let parties: Parties
    let authority: Authority
    let files: (certificate: String, key: String)

    init() throws {
        parties = try Parties()
        authority = try Authority()
        files = try authority.files(of: parties.identity)
    }

    @Test(arguments: [("-tls1_2", TLSVersion.tls12), ("-tls1_3", .tls13)])
    func bothVersionsTalkAndResume(option: String, version: TLSVersion) async throws {
        try await withDeadline(.after(.seconds(20))) {
            let program = try OpenSSLProgram(
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                files.certificate,
                "-key",
                files.key,
                "-rev",
                option,
                "-alpn",
                "irc,http/1.1"
            )
            let address = try await program.acceptedAddress()
            let client = try TLSClientConfiguration(
                trustRoots: .only(parties.identity.certificates),
                applicationProtocols: ["http/1.1"]
            )
            for index in 0..<3 {
                let stream = try await connect(to: address, client)
                defer { stream.close() }
                #expect(stream.negotiated.version == version)
                #expect(stream.negotiated.applicationProtocol == "http/1.1")
                #expect(stream.negotiated.isResumed == (index > 0))
                try await stream.send("olleh\n")
                #expect(try await stream.text(atLeast: 6) == "hello\n")
            }
        }
    }

    @Test func muchDataOfTheirsComesWhole() async throws {
        try await withDeadline(.after(.seconds(20))) {
            let program = try OpenSSLProgram(
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                files.certificate,
                "-key",
                files.key
            )
            let address = try await program.acceptedAddress()
            let stream = try await connect(to: address, parties.client)
            defer { stream.close() }
            // What it reads, it sends.
            let numbers = (0..<50_000).map { "\($0)\n" }.joined()
            async let sending: Void = program.stream.send(numbers)
            #expect(try await stream.text(atLeast: numbers.utf8.count) == numbers)
            try await sending
        }
    }

    @Test func ourCertificateIsAskedForAndSeen() async throws {
        try await withDeadline(.after(.seconds(20))) {
            let program = try OpenSSLProgram(
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                files.certificate,
                "-key",
                files.key,
                "-rev",
                "-Verify",
                "1",
                "-verify_return_error",
                "-CAfile",
                authority.folder + "/ca.pem"
            )
            let address = try await program.acceptedAddress()
            let identity = try authority.issue("somebody")
            let known = try TLSClientConfiguration(
                trustRoots: .only(parties.identity.certificates),
                identity: identity
            )
            let stream = try await connect(to: address, known)
            try await stream.send("olleh\n")
            #expect(try await stream.text(atLeast: 6) == "hello\n")
            stream.close()
            await expect(.handshakeFailed, saying: "certificate required") {
                _ = try await connect(to: address, parties.client).text()
            }
        }
    }

    private func connect(
        to address: SocketAddress,
        _ configuration: TLSClientConfiguration
    ) async throws -> TLSStream<StreamConnection> {
        try await TLSStream.connect(
            over: StreamSocket.create(.ipv4).connect(to: address),
            name: Parties.name,
            configuration: configuration
        )
    }
}
