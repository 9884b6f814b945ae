import Foundation
import Testing

/// `sock connect tls://…`, to `openssl s_server`.
@Suite struct SecureConnectTests {
    @Test func aServerOfTheAuthorityIsTalkedTo() throws {
        try withAuthority { authority in
            let server = try OpenSSLServer(try authority.issue("server"), "-alpn", "two,one")
            defer { server.stop() }
            let client = try SockProgram.start(
                "connect",
                "tls://127.0.0.1:\(server.port)",
                "--ca",
                authority.file,
                "--alpn",
                "one",
                "-v",
                input: .open
            )
            client.type("hello\n")
            #expect(client.outputLine() == "olleh")
            let words = try #require(client.errorLine())
            #expect(words.contains("TLS 1.3"), "\(words)")
            #expect(words.contains("ALPN one"), "\(words)")
            client.send(SIGINT)
            #expect(client.wait().status == 130)
        }
    }

    @Test func aCertificateThatIsNotToBeTrustedEndsItBeforeAnythingIsSent() throws {
        try withAuthority { authority in
            let expired = try authority.issue("expired", to: "20210101000000Z")
            let other = try authority.issue("other", names: "DNS:other.example")
            let good = try authority.issue("good")
            let cases = [
                (expired, ["--ca", authority.file], "has expired (notAfter 2021-01-01T00:00:00Z)"),
                (other, ["--ca", authority.file], "is for other.example, not 127.0.0.1"),
                (good, [], "signed by an unknown authority"),
                (good, ["--pin", try authority.fingerprint(other)], "differs from the pin"),
                (good, ["--ca", authority.file, "--name", "x.example"], "not x.example"),
            ]
            for (files, arguments, words) in cases {
                let server = try OpenSSLServer(files)
                defer { server.stop() }
                let client = try Program.run(
                    [SockProgram.path, "connect", "tls://127.0.0.1:\(server.port)"] + arguments,
                    input: .text("secret\n")
                )
                #expect(client.status == 1)
                #expect(client.output.isEmpty)
                #expect(client.errors.contains(words), "\(client.errors)")
            }
        }
    }

    @Test func anotherNameCanBeAskedFor() throws {
        try withAuthority { authority in
            let files = try authority.issue("named", names: "DNS:inside.example")
            let server = try OpenSSLServer(files)
            defer { server.stop() }
            let client = try SockProgram.start(
                "connect",
                "tls://127.0.0.1:\(server.port)",
                "--ca",
                authority.file,
                "--name",
                "inside.example",
                input: .open
            )
            client.type("abc\n")
            #expect(client.outputLine() == "cba")
            client.endInput()
            #expect(client.wait().status == 0)
        }
    }

    @Test func insecureSaysSoAloud() throws {
        try withAuthority { authority in
            let server = try OpenSSLServer(try authority.issue("old", to: "20210101000000Z"))
            defer { server.stop() }
            let client = try SockProgram.start(
                "connect",
                "tls://127.0.0.1:\(server.port)",
                "--insecure",
                input: .open
            )
            client.type("abc\n")
            #expect(client.outputLine() == "cba")
            let words = try #require(client.errorLine())
            #expect(words.hasPrefix("sock: INSECURE, nobody knows who"), "\(words)")
            #expect(words.contains("has expired"), "\(words)")
            client.endInput()
            #expect(client.wait().status == 0)
        }
    }

    @Test func aPeerThatSpeaksSomethingElseIsNamed() throws {
        let server = try Listening("--exec", "echo 220 mail.example")
        let client = try SockProgram.run("connect", "tls://127.0.0.1:\(server.port)")
        #expect(client.status == 1)
        #expect(client.errors.contains("the peer does not speak TLS"), "\(client.errors)")
        _ = server.program.wait()
    }

    @Test func aSilentPeerIsLeftAtTheConnectTimeout() throws {
        let server = try Listening(input: .open)
        let client = try SockProgram.run(
            "connect",
            "tls://127.0.0.1:\(server.port)",
            "--connect-timeout",
            "0.3"
        )
        #expect(client.status == 2, "\(client.errors)")
        server.program.endInput()
        _ = server.program.wait()
    }

    /// Nobody is to believe that it is encrypted.
    @Test(arguments: [
        ["--pin", String(repeating: "0", count: 64)], ["--insecure"], ["--alpn", "x"],
    ])
    func optionsOfTLSAreRefusedWhereNoneIsSpoken(_ arguments: [String]) throws {
        for endpoint in ["localhost:1", "ws://localhost:1"] {
            let outcome = try Program.run([SockProgram.path, "connect", endpoint] + arguments)
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("is not encrypted"), "\(outcome.errors)")
        }
    }

    @Test func optionsThatContradictEachOtherAreRefused() throws {
        let pin = String(repeating: "0", count: 64)
        let wrong = [
            ["--pin", pin, "--insecure"], ["--cert", "x"], ["--pin", "abc"], ["--alpn", ""],
        ]
        for arguments in wrong {
            let all = [SockProgram.path, "connect", "tls://localhost:1"] + arguments
            #expect(try Program.run(all).status == 64)
        }
        let missing = try SockProgram.run("connect", "tls://localhost:1", "--ca", "/nowhere")
        #expect(missing.status == 1)
        #expect(missing.errors.contains("/nowhere"), "\(missing.errors)")
    }
}
