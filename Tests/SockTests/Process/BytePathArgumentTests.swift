import Foundation
import Testing

/// Every command that takes a path takes its bytes: a name in Latin-1 is that file, and no other.
@Suite struct BytePathArgumentTests {
    /// A folder whose files have names that are no texts, and the program run in it.
    private struct Place {
        let folder: String

        /// What Python knows of the folder: `here`, and `N`, which is "résumé" in Latin-1.
        private static let preamble = """
            import os, sys
            sock = sys.argv[1]
            os.chdir(sys.argv[2])
            N = b"r\\xe9sum\\xe9"

            """

        static func with(_ body: (Self) throws -> Void) throws {
            try withFolder { try body(Self(folder: $0)) }
        }

        @discardableResult
        func python(_ script: String) throws -> String {
            let outcome = try Program.run(
                ["python3", "-c", Self.preamble + script, SockProgram.path, folder]
            )
            try #require(outcome.status == 0, "\(outcome.errors)")
            return outcome.text
        }

        /// `sock` with arguments as Python writes them; `before` runs first.
        func start(
            _ arguments: String,
            before: String = "",
            input: Program.Input = .none
        ) throws -> Program {
            let script = Self.preamble + before + "\nos.execv(sock, [b'sock'] + \(arguments))\n"
            return try Program(
                ["python3", "-c", script, SockProgram.path, folder],
                input: input
            )
        }

        func run(_ arguments: String, input: Program.Input = .none) throws -> Program.Outcome {
            try start(arguments, input: input).wait()
        }

        /// The names that are there, as Python writes them.
        func names() throws -> String {
            try python("print(sorted(os.listdir(b'.')))")
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// What the file of that name has.
        func text() throws -> String {
            try python("sys.stdout.buffer.write(open(N, 'rb').read())")
        }
    }

    /// "résumé" in Latin-1.
    private static let name = Data([0x72, 0xE9, 0x73, 0x75, 0x6D, 0xE9])

    private static let onlyThatFile = #"[b'r\xe9sum\xe9']"#

    @Test func getWritesThatFile() throws {
        try Place.with { place in
            let server = try WebServer.scripted(
                "reply(b'HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nabc')"
            )
            let got = try place.run("[b'get', b'\(server.url)', b'-v', b'-o', N]")
            #expect(got.status == 0, "\(got.errors)")
            #expect(try place.names() == Self.onlyThatFile)
            #expect(try place.text() == "abc")
            let json = try place.run("[b'get', b'\(server.url)', b'--json', b'-o', N]")
            #expect(json.errors.contains(#""file_bytes":"72e973756de9""#), "\(json.errors)")
            let inFolder = try place.run("[b'get', b'\(server.url)', b'-o', N + b'/x']")
            #expect(inFolder.status == 1)
            #expect(inFolder.errors.contains(#"r\xe9sum\xe9/x"#), "\(inFolder.errors)")
            server.stop()
        }
    }

    @Test func serveServesThatFolder() throws {
        try Place.with { place in
            try place.python("os.mkdir(N); open(N + b'/f', 'w').write('inside')")
            let server = try place.start("[b'serve', N, b'--listen', b'127.0.0.1:0']")
            let line = try #require(server.errorLine())
            #expect(line.hasPrefix(#"serving r\xe9sum\xe9 on http"#), "\(line)")
            let url = try #require(line.split(separator: " ").first { $0.hasPrefix("http") })
            let got = try Program.run(["curl", "-sS", url.filter { $0 != "," } + "f"])
            #expect(got.text == "inside", "\(got.errors)")
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
            #expect(try place.names() == Self.onlyThatFile)
            let none = try place.run("[b'serve', N + b'2', b'--listen', b'127.0.0.1:0']")
            #expect(none.errors.contains(#"serve r\xe9sum\xe92: no such folder"#), "\(none.errors)")
        }
    }

    @Test(.enabled(if: getuid() == 0, "capturing needs root"))
    func captureWritesThatFile() throws {
        try Place.with { place in
            let captured = try place.run(
                "[b'capture', b'-i', b'lo', b'--seconds', b'100ms', b'-o', N]"
            )
            #expect(captured.status == 0, "\(captured.errors)")
            #expect(captured.errors.contains(#"written to r\xe9sum\xe9"#), "\(captured.errors)")
            #expect(try place.names() == Self.onlyThatFile)
            let magic = try place.python("print(open(N, 'rb').read(4).hex())")
            #expect(magic == "0a0d0d0a\n")
        }
    }

    @Test func aRecordingIsWrittenToThatFileAndPlayedFromIt() throws {
        try Place.with { place in
            let echo = try Listening("--echo", "--keep")
            let words = "[b'connect', b'\(echo.endpoint)', b'--record', N]"
            let client = try place.run(words, input: .text("hello\n"))
            #expect(client.text == "hello\n", "\(client.errors)")
            #expect(try place.names() == Self.onlyThatFile)
            let replay = try place.run("[b'replay', N, b'\(echo.endpoint)', b'--check']")
            #expect(replay.status == 0, "\(replay.errors)")
            #expect(replay.text.hasSuffix(", as recorded\n"), "\(replay.text)")
            let none = try place.run("[b'replay', N + b'2', b'\(echo.endpoint)']")
            #expect(none.errors.contains(#"the recording r\xe9sum\xe92"#), "\(none.errors)")
            #expect(try place.names() == Self.onlyThatFile)
            echo.program.send(SIGTERM)
            _ = echo.program.wait()
        }
    }

    @Test func aUnixSocketHasThatName() throws {
        try Place.with { place in
            let server = try place.start("[b'listen', b'--echo', b'unix:' + N]")
            #expect(server.errorLine() == #"listening on unix:r\xE9sum\xE9"#)
            #expect(try place.names() == Self.onlyThatFile)
            let client = try place.run("[b'connect', b'unix:' + N]", input: .text("hello\n"))
            #expect(client.text == "hello\n", "\(client.errors)")
            #expect(server.wait().status == 0)
        }
    }

    @Test func aCommandOfAListenerHasItsBytes() throws {
        try Place.with { place in
            let server = try place.start("[b'listen', b'127.0.0.1:0', b'--exec', b'cat >' + N]")
            let line = try #require(server.errorLine())
            let endpoint = line.replacingOccurrences(of: "listening on ", with: "")
            _ = try SockProgram.run("connect", endpoint, input: .text("hello"))
            #expect(server.wait().status == 0)
            #expect(try place.names() == Self.onlyThatFile)
            #expect(try place.text() == "hello")
        }
    }

    @Test func certificatesAndKeysAreReadAndWrittenByThatName() throws {
        try Place.with { place in
            let authority = try TestAuthority(in: place.folder)
            _ = try authority.issue("server")
            try place.python(
                """
                os.rename(b"ca.pem", b"ca-" + N)
                os.rename(b"server.pem", b"cert-" + N)
                os.rename(b"server.key", b"key-" + N)
                """
            )
            let server = try place.start(
                """
                [b"listen", b"tls://127.0.0.1:0", b"--echo", b"--tls-cert", b"cert-" + N,
                 b"--tls-key", b"key-" + N, b"--client-ca", b"ca-" + N]
                """
            )
            let line = try #require(server.errorLine())
            try #require(line.hasPrefix("listening on "), "\(line)")
            let endpoint = line.replacingOccurrences(of: "listening on ", with: "")
            let client = try place.run(
                """
                [b"connect", b"\(endpoint)", b"--ca", b"ca-" + N, b"--cert", b"cert-" + N,
                 b"--key", b"key-" + N]
                """,
                input: .text("hello\n")
            )
            #expect(client.text == "hello\n", "\(client.errors)")
            #expect(server.wait().status == 0)
            let none = try place.run("[b'connect', b'\(endpoint)', b'--ca', N]")
            #expect(none.status == 1)
            #expect(none.errors.contains(#"r\xe9sum\xe9"#), "\(none.errors)")
        }
    }

    @Test func aCertificateIsWrittenToThatFile() throws {
        try Place.with { place in
            let server = try place.start(
                """
                [b"serve", b"--listen", b"127.0.0.1:0", b"--tls", b"self-signed",
                 b"--tls-write-cert", N]
                """
            )
            _ = try #require(server.errorLine())
            #expect(try place.names() == Self.onlyThatFile)
            #expect(try place.text().hasPrefix("-----BEGIN CERTIFICATE-----"))
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
        }
    }

    @Test func settingsAreReadFromThatFile() throws {
        try Place.with { place in
            try place.python(#"open(N, "w").write('{"serve": {"listen": "127.0.0.1:0"}}')"#)
            let server = try place.start("[b'serve', b'--config', N]")
            let line = try #require(server.errorLine())
            #expect(line.hasPrefix("serving . on http"), "\(line)")
            #expect(!line.contains(":8080"), "\(line)")
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
            let none = try place.run("[b'serve', b'--config', N + b'2']")
            #expect(none.status == 64)
            #expect(
                none.errors.contains(#"the configuration file r\xe9sum\xe92 cannot be read"#),
                "\(none.errors)"
            )
            #expect(try place.names() == Self.onlyThatFile)
        }
    }

    @Test func settingsOfTheEnvironmentAreBytesToo() throws {
        try Place.with { place in
            try place.python("os.mkdir(N); open(N + b'/f', 'w').write('inside')")
            let server = try place.start(
                "[b'serve', b'--listen', b'127.0.0.1:0']",
                before: "os.environb[b'SOCK_SERVE_FOLDER'] = N"
            )
            let line = try #require(server.errorLine())
            #expect(line.hasPrefix(#"serving r\xe9sum\xe9 on http"#), "\(line)")
            server.send(SIGTERM)
            #expect(server.wait().status == 0)
            #expect(try place.names() == Self.onlyThatFile)
        }
    }

    @Test func aRequestHasTheBytesOfTheCommandLine() throws {
        try Place.with { place in
            let server = try WebServer.scripted("reply(b'HTTP/1.0 200 OK\\r\\n\\r\\n' + head)")
            let got = try place.run(
                """
                [b"get", b"\(server.url)/" + N, b"--header", b"X-Name: " + N,
                 b"--user", N + b":" + N]
                """
            )
            #expect(got.status == 0, "\(got.errors)")
            let request = String(decoding: got.output, as: UTF8.self)
            #expect(request.lowercased().hasPrefix("get /r%e9sum%e9 "), "\(request)")
            let field = Data("X-Name: ".utf8) + Self.name + [13, 10]
            #expect(got.output.range(of: field) != nil, "\(request)")
            let pair = (Self.name + Data(":".utf8) + Self.name).base64EncodedString()
            #expect(request.contains("Basic \(pair)\r\n"), "\(request)")
            server.stop()
        }
    }

    @Test func aCallAndAnEntryOfATopicHaveTheBytesOfTheCommandLine() throws {
        try Place.with { place in
            let server = try SessionListening("sessions")
            let call = try place.run("[b'call', b'\(server.endpoint)', b'echo', N]")
            #expect(call.status == 0, "\(call.errors)")
            #expect(call.output == Self.name)
            let published = try place.run("[b'publish', b'\(server.endpoint)', b'a', N]")
            #expect(published.status == 0, "\(published.errors)")
            let subscribed = try place.run(
                "[b'subscribe', b'\(server.endpoint)', b'a', b'--last', b'1', b'--count', b'1']"
            )
            #expect(subscribed.output.range(of: Self.name) != nil, "\(subscribed.errors)")
            server.stop()
        }
    }

    @Test func ledgersAreWrittenToThatFolderAndReadFromIt() throws {
        try Place.with { place in
            try place.python("open('f', 'w').write('x'); os.mkdir('into')")
            let server = try place.start(
                """
                [b"receive", b"--once", b"--listen", b"127.0.0.1:0", b"--into", b"into",
                 b"--ledger", N]
                """
            )
            let line = try #require(server.errorLine())
            let endpoint = line.replacingOccurrences(of: "listening on ", with: "")
            let sent = try place.run("[b'send', b'--ledger', N, b'f', b'\(endpoint)']")
            #expect(sent.status == 0, "\(sent.errors)")
            #expect(server.wait().status == 0)
            #expect(try place.names() == #"[b'f', b'into', b'r\xe9sum\xe9']"#)
            let verified = try place.run(
                "[b'verify'] + [N + b'/' + name for name in sorted(os.listdir(N))]"
            )
            #expect(verified.status == 0, "\(verified.errors)")
            #expect(verified.text.hasPrefix("the ledgers balance"), "\(verified.text)")
        }
    }
}
