import Foundation
import Testing

/// `sock listen tls://…`.
@Suite struct SecureListenTests {
    static let local = "tls://127.0.0.1:0"

    @Test func thePrintedLineIsTheOneThatConnects() throws {
        let server = try Listening("--exec", "tr a-z A-Z", on: Self.local)
        _ = server.program.errorLine()
        let line = try #require(server.program.errorLine())
        var words = line.split(separator: " ").map(String.init)
        #expect(words.removeFirst() == "sock")
        let client = try Program.run([SockProgram.path] + words, input: .text("hello\n"))
        #expect(client.text == "HELLO\n", "\(client.errors)")
        #expect(client.status == 0)
        #expect(server.program.wait().status == 0)
    }

    @Test func manyBytesPassThroughUnchanged() throws {
        let bytes = try randomBytes(TransferTests.size)
        for arguments in [["--echo"], ["--exec", "cat"]] {
            let program = try Program([SockProgram.path, "listen", Self.local] + arguments)
            let endpoint = try #require(program.errorLine()).dropFirst("listening on ".count)
            _ = program.errorLine()
            let pin = try #require(program.errorLine()?.split(separator: " ").last)
            let client = try SockProgram.run(
                "connect",
                String(endpoint),
                "--pin",
                String(pin),
                input: .bytes(bytes)
            )
            #expect(client.output == bytes, "\(client.errors)")
            #expect(program.wait().status == 0)
        }
    }

    @Test func openSSLIsServed() throws {
        let server = try Listening("--keep", "--echo", on: Self.local)
        let client = try Program(
            ["openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(server.port)"],
            input: .open
        )
        client.type("hello\n")
        #expect(client.outputLine() == "hello")
        client.send(SIGTERM)
        _ = client.wait()
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func curlIsServedByAFileAndItsAuthority() throws {
        try withAuthority { authority in
            let files = try authority.issue("server")
            let server = try Listening(
                "--tls-cert",
                files.certificate,
                "--tls-key",
                files.key,
                "--exec",
                "printf 'HTTP/1.0 200 OK\\r\\n\\r\\nhello'",
                on: Self.local
            )
            let url = "https://127.0.0.1:\(server.port)/"
            let client = try Program.run(["curl", "-sS", "--cacert", authority.file, url])
            #expect(client.text == "hello", "\(client.errors)")
            #expect(server.program.wait().status == 0)
        }
    }

    @Test func aHangUpReadsTheCertificateAgain() throws {
        try withAuthority { authority in
            let (old, new) = (try authority.issue("old"), try authority.issue("new"))
            let (certificate, key) = ("\(authority.folder)/c.pem", "\(authority.folder)/c.key")
            func show(_ files: TestAuthority.Files) throws {
                try Data(contentsOf: URL(fileURLWithPath: files.certificate))
                    .write(to: URL(fileURLWithPath: certificate))
                try Data(contentsOf: URL(fileURLWithPath: files.key))
                    .write(to: URL(fileURLWithPath: key))
            }
            try show(old)
            let server = try Listening(
                "--keep",
                "--echo",
                "--tls-cert",
                certificate,
                "--tls-key",
                key,
                on: Self.local
            )
            func isPinned(_ files: TestAuthority.Files) throws -> Bool {
                let pin = try authority.fingerprint(files)
                let client = try SockProgram.run(
                    "connect",
                    server.endpoint,
                    "--pin",
                    pin,
                    input: .text("x\n")
                )
                return client.text == "x\n"
            }
            #expect(try isPinned(old))
            try show(new)
            server.program.send(SIGHUP)
            let words = try #require(server.program.errorLine())
            #expect(words.hasPrefix("the certificate is now CN=new"), "\(words)")
            #expect(try isPinned(new))
            try Data("nonsense".utf8).write(to: URL(fileURLWithPath: key))
            server.program.send(SIGHUP)
            let complaint = try #require(server.program.errorLine())
            #expect(complaint.hasPrefix("sock: the certificate is not replaced: "), "\(complaint)")
            #expect(try isPinned(new))
            server.program.send(SIGTERM)
            #expect(server.program.wait().status == 0)
        }
    }

    @Test func onlyClientsOfTheAuthorityAreLetIn() throws {
        try withAuthority { authority in
            let client = try authority.issue("client")
            let server = try Listening(
                "--client-ca",
                authority.file,
                "--exec",
                "cat",
                on: Self.local
            )
            let pin = try server.pin()
            let stranger = try SockProgram.run("connect", server.endpoint, "--pin", pin)
            #expect(stranger.status == 1)
            #expect(stranger.errors.contains("certificate required"), "\(stranger.errors)")
            let complaint = try #require(server.program.errorLine())
            #expect(complaint.contains("turned away"), "\(complaint)")
            let friend = try SockProgram.run(
                "connect",
                server.endpoint,
                "--pin",
                pin,
                "--cert",
                client.certificate,
                "--key",
                client.key,
                input: .text("hello\n")
            )
            #expect(friend.text == "hello\n", "\(friend.errors)")
            #expect(server.program.wait().status == 0)
        }
    }

    @Test func whoFailsItsHandshakeIsNotTheOneClient() throws {
        let server = try Listening("--exec", "cat", on: Self.local)
        let pin = try server.pin()
        _ = try server.netcat(.text("GET / HTTP/1.0\r\n\r\n")).wait()
        let complaint = try #require(server.program.errorLine())
        #expect(complaint.contains("turned away"), "\(complaint)")
        let client = try SockProgram.run(
            "connect",
            server.endpoint,
            "--pin",
            pin,
            input: .text("hello\n")
        )
        #expect(client.text == "hello\n")
        #expect(server.program.wait().status == 0)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalEndsBothSides(_ signal: Int32) throws {
        let server = try Listening("--keep", on: Self.local)
        let client = try SockProgram.start(
            "connect",
            server.endpoint,
            "--pin",
            try server.pin(),
            input: .open
        )
        client.type("hello\n")
        #expect(server.program.outputLine() == "hello")
        client.send(signal)
        #expect(client.wait().status == 128 + signal)
        server.program.send(signal)
        #expect(server.program.wait().status == 0)
    }

    @Test func theTimeoutEndsAConversationToo() throws {
        let server = try Listening("--timeout", "1", on: Self.local, input: .open)
        let client = try SockProgram.start(
            "connect",
            server.endpoint,
            "--pin",
            try server.pin(),
            input: .open
        )
        let outcome = server.program.wait()
        #expect(outcome.status == 2, "\(outcome.errors)")
        client.endInput()
        _ = client.wait()
    }

    @Test func manyClientsGather() throws {
        let server = try Listening("--keep", on: Self.local, input: .open)
        let pin = try server.pin()
        let clients = try (0..<4).map { _ in
            try SockProgram.start("connect", server.endpoint, "--pin", pin, input: .open)
        }
        for (index, client) in clients.enumerated() {
            client.type("from \(index)\n")
            #expect(server.program.outputLine() == "from \(index)")
        }
        server.program.type("to all\n")
        for client in clients {
            #expect(client.outputLine() == "to all")
            client.endInput()
        }
        for client in clients { #expect(client.wait().status == 0) }
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test func whatIsRecordedAndDumpedIsWhatWasEncrypted() throws {
        try withFolder { folder in
            let server = try Listening("--exec", "tr a-z A-Z", on: Self.local)
            let client = try SockProgram.run(
                "connect",
                server.endpoint,
                "--pin",
                try server.pin(),
                "--hex",
                "--record",
                "\(folder)/r",
                input: .text("hello\n")
            )
            #expect(client.text.contains("> 00000000  68 65 6c 6c 6f 0a"))
            #expect(client.text.contains("< 00000000  48 45 4c 4c 4f 0a"))
            let recorded = try Recorded("\(folder)/r")
            #expect(try recorded.bytes(.sent) == Data("hello\n".utf8))
            #expect(try recorded.bytes(.received) == Data("HELLO\n".utf8))
            #expect(try recorded.marks().contains(.end(.sent)))
            #expect(try recorded.marks().contains(.end(.received)))
            // To another server, in the clear, and to a client by TLS.
            let plain = try Listening("--exec", "tr a-z A-Z")
            let replay = try SockProgram.run(
                "replay",
                "\(folder)/r",
                plain.endpoint,
                "--speed",
                "max",
                "--check"
            )
            #expect(replay.status == 0, "\(replay.errors) \(replay.text)")
            let player = try SockProgram.start(
                "replay",
                "\(folder)/r",
                "--listen",
                Self.local,
                "--speed",
                "max"
            )
            let endpoint = try #require(player.errorLine()).dropFirst("listening on ".count)
            _ = player.errorLine()
            let pin = try #require(player.errorLine()?.split(separator: " ").last)
            let caller = try SockProgram.run(
                "connect",
                String(endpoint),
                "--pin",
                String(pin),
                input: .text("hello\n")
            )
            #expect(caller.text == "HELLO\n", "\(caller.errors)")
            #expect(player.wait().status == 0)
        }
    }
}
