import Foundation
import Testing

/// Sessions over every kind of endpoint.
@Suite struct SessionEndpointTests {
    /// Publishes some entries and reads them again.
    private func exchange(_ endpoint: String, _ options: [String] = []) throws {
        let text = (0..<50).map { "entry \($0)\n" }.joined()
        let publish = try Program.run(
            [SockProgram.path, "publish", endpoint, "topic"] + options,
            input: .text(text)
        )
        #expect(publish.status == 0, "\(publish.errors)")
        let words = ["subscribe", endpoint, "topic", "--last", "50", "--count", "50"]
        let subscribe = try Program.run([SockProgram.path] + words + options)
        #expect(subscribe.status == 0, "\(subscribe.errors)")
        #expect(subscribe.text == text)
    }

    @Test func tcp() throws {
        let server = try SessionListening("sessions")
        try exchange(server.endpoint)
        server.stop()
    }

    @Test func unix() throws {
        try withFolder { folder in
            let server = try SessionListening("sessions", on: "unix:\(folder)/x")
            try exchange("unix:\(folder)/x")
            server.stop()
        }
    }

    @Test func webSocketAtItsPath() throws {
        let server = try SessionListening("sessions", on: "ws://127.0.0.1:0/session")
        #expect(server.endpoint.hasSuffix("/session"))
        try exchange(server.endpoint)
        let wrong = server.endpoint.replacingOccurrences(of: "/session", with: "/other")
        let call = try SockProgram.run("call", wrong, "time")
        #expect(call.status == 1)
        #expect(call.errors.contains("404"), "\(call.errors)")
        server.stop()
    }

    @Test(arguments: ["tls://127.0.0.1:0", "wss://127.0.0.1:0/session"])
    func encryptedWithACertificateOfItsOwn(_ endpoint: String) throws {
        let server = try SessionListening("sessions", on: endpoint)
        let pin = try server.pin()
        try exchange(server.endpoint, ["--pin", pin])
        let stranger = try SockProgram.run("call", server.endpoint, "time")
        #expect(stranger.status == 1)
        #expect(stranger.errors.contains("certificate"), "\(stranger.errors)")
        server.stop()
    }

    @Test func encryptedForClientsWithACertificateOnly() throws {
        try withAuthority { authority in
            let files = try authority.issue("server")
            let client = try authority.issue("alice")
            let server = try SessionListening(
                "sessions",
                "--tls-cert",
                files.certificate,
                "--tls-key",
                files.key,
                "--client-ca",
                authority.file,
                on: "tls://localhost:0"
            )
            let there = "tls://localhost:\(server.port)"
            let trust = ["--ca", authority.file]
            try exchange(
                there,
                trust + ["--cert", client.certificate, "--key", client.key]
            )
            let words = ["call", there, "time", "--timeout", "30"] + trust
            #expect(try Program.run([SockProgram.path] + words).status != 0)
            server.stop()
        }
    }

    @Test func severalDoorsLeadToTheSameTopics() throws {
        let program = try Program([
            SockProgram.path, "sessions", "--listen", "127.0.0.1:0", "--listen",
            "ws://127.0.0.1:0",
        ])
        let lines = [program.errorLine(), program.errorLine()].compactMap { $0 }
        let endpoints = lines.map { String($0.dropFirst("listening on ".count)) }
        #expect(endpoints.last?.hasPrefix("ws://") == true, "\(lines)")
        let first = try #require(endpoints.first)
        let last = try #require(endpoints.last)
        #expect(try SockProgram.run("publish", first, "topic", "hello").status == 0)
        let read = try SockProgram.run("subscribe", last, "topic", "--last", "1", "--count", "1")
        #expect(read.text == "hello\n")
        program.send(SIGTERM)
        #expect(program.wait().status == 0)
    }
}
