import Sockets
import SocketsTesting
import TLS
import TestSupport
import Testing

/// Our server, and `openssl s_client` at the other end.
@Suite("With openssl s_client")
struct OpenSSLClientTests {
    let parties: Parties
    let authority: Authority
    let files: (certificate: String, key: String)

    init() throws {
        parties = try Parties()
        authority = try Authority()
        files = try authority.files(of: parties.identity)
    }

    @Test(arguments: [("-tls1_2", TLSVersion.tls12), ("-tls1_3", .tls13)])
    func bothVersionsTalk(option: String, version: TLSVersion) async throws {
        try await serving(parties.server) { address in
            try OpenSSLProgram(
                "s_client",
                "-connect",
                "\(address)",
                "-quiet",
                option,
                "-CAfile",
                files.certificate,
                "-verify_return_error",
                "-servername",
                "localhost",
                "-verify_hostname",
                "localhost",
                "-alpn",
                "http/1.1"
            )
        } talk: { stream, program in
            #expect(stream.negotiated.version == version)
            #expect(stream.negotiated.serverName == "localhost")
            #expect(stream.negotiated.applicationProtocol == nil)
            try await program.stream.send("from openssl\n")
            #expect(try await stream.text(atLeast: 13) == "from openssl\n")
            let large = String(repeating: "0123456789abcdef", count: 20_000)
            try await stream.send(large + "end\n")
            #expect(try await program.text(until: "end\n").hasSuffix(large + "end\n"))
            try await stream.finish()
        }
    }

    @Test func oldVersionsAreRefused() async throws {
        let (near, far) = try await connectedTCP()
        // A ClientHello of TLS 1.0, without extensions (RFC 2246 §7.4.1.2).
        var hello: [UInt8] = [22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 1]
        hello += [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0xC0, 0x14, 1, 0]
        try await near.send(hello)
        await expect(.handshakeFailed, saying: "unsupported protocol") {
            _ = try await TLSStream.accept(over: far, configuration: parties.server)
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func sessionsAreResumed(option: String) async throws {
        let session = authority.folder + "/session"
        for (index, how) in ["-sess_out", "-sess_in"].enumerated() {
            try await serving(parties.server) { address in
                try OpenSSLProgram(
                    "s_client",
                    "-connect",
                    "\(address)",
                    option,
                    how,
                    session,
                    "-servername",
                    "localhost"
                )
            } talk: { stream, program in
                #expect(stream.negotiated.isResumed == (index == 1))
                try await stream.send("ticket\n")
                // Without -quiet it says what came in lines of its own.
                _ = try await program.text(until: "ticket\n")
                try await stream.finish()
                _ = try await program.stream.text()
            }
        }
    }

    @Test func theirCertificatesAreSeen() async throws {
        let identity = try authority.issue("openssl user")
        let theirs = try authority.files(of: identity)
        let server = try TLSServerConfiguration(
            identities: [parties.identity],
            clientCertificates: .required(.only([authority.certificate]))
        )
        try await serving(server) { address in
            try OpenSSLProgram(
                "s_client",
                "-connect",
                "\(address)",
                "-quiet",
                "-cert",
                theirs.certificate,
                "-key",
                theirs.key
            )
        } talk: { stream, _ in
            #expect(stream.negotiated.peerCertificates.first?.subject == "CN=openssl user")
        }
    }

    @Test func renegotiationIsRefusedAndTheConnectionGoesOn() async throws {
        try await serving(parties.server) { address in
            try OpenSSLProgram("s_client", "-connect", "\(address)", "-tls1_2")
        } talk: { stream, program in
            try await stream.send("before\n")
            _ = try await program.text(until: "before\n")
            // A line with R asks for a renegotiation; OpenSSL as a client gives up when it is refused.
            try await program.stream.send("R\n")
            do {
                _ = try await stream.text()
            } catch let error as SocketError {
                #expect(
                    [.handshakeFailed, .unexpectedEnd, .reset].contains(error.code),
                    "\(error)"
                )
            }
        }
    }

    /// Accepts one connection of a program, runs `talk` and closes.
    private func serving(
        _ configuration: TLSServerConfiguration,
        _ program: (SocketAddress) throws -> OpenSSLProgram,
        talk: (TLSStream<StreamConnection>, OpenSSLProgram) async throws -> Void
    ) async throws {
        try await withDeadline(.after(.seconds(20))) {
            let listener = try StreamListener.listen(on: .v4(.loopback, port: 0))
            defer { listener.close() }
            let program = try program(listener.localAddress)
            let stream = try await TLSStream.accept(
                over: listener.accept(),
                configuration: configuration
            )
            defer { stream.close() }
            try await talk(stream, program)
        }
    }
}
