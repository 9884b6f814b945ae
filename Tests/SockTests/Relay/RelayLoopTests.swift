import Foundation
import TestSupport
import Testing

/// Relays that lead back to themselves.
@Suite struct RelayLoopTests {
    @Test func aRelayThatIsItsOwnTargetIsRefusedAtTheStart() throws {
        let port = try unusedPort()
        for (here, target) in [
            ("127.0.0.1:\(port)", "127.0.0.1:\(port)"), ("127.0.0.1:\(port)", "localhost:\(port)"),
            (":\(port)", "127.0.0.1:\(port)"), (":\(port)", "[::1]:\(port)"),
            ("0.0.0.0:\(port)", "127.0.0.7:\(port)"), ("127.0.0.1:\(port)", "0.0.0.0:\(port)"),
            ("127.0.0.1:\(port)", "[::ffff:127.0.0.1]:\(port)"),
            ("udp://127.0.0.1:\(port)", "udp://localhost:\(port)"),
            ("127.0.0.1:\(port)", "ws://127.0.0.1:\(port)/"),
        ] {
            let outcome = try SockProgram.run("relay", here, target)
            #expect(outcome.status == 64, "\(here) \(target): \(outcome.errors)")
            #expect(outcome.errors.contains("it would be its own target"), "\(outcome.errors)")
        }
    }

    @Test func aUnixSocketIsKnownUnderEachOfItsNames() throws {
        try withFolder { folder in
            try #require(unsafe symlink(folder, "\(folder)/again") == 0)
            for target in ["\(folder)/s", "\(folder)/again/s", "\(folder)/.//again/./s"] {
                let outcome = try SockProgram.run("relay", "unix:\(folder)/s", "unix:\(target)")
                #expect(outcome.status == 64, "\(target): \(outcome.errors)")
            }
        }
    }

    @Test func whatOnlyLooksAlikeIsNoLoop() throws {
        let port = try unusedPort()
        for target in ["127.0.0.2:\(port)", "udp://127.0.0.1:\(port)", "[::1]:\(port)"] {
            let relay = try Relaying(to: target, on: "127.0.0.1:\(port)")
            _ = relay.stop()
        }
    }

    /// The link comes later: at the start the target is not there.
    @Test func aLoopThatShowsLaterIsBrokenAtItsFirstConnection() throws {
        try withFolder { folder in
            let relay = try Relaying("-v", to: "unix:\(folder)/late", on: "unix:\(folder)/s")
            let process = ServerProcess(number: sockProcess(relay.program))
            let before = process.descriptorCount
            try #require(unsafe symlink("\(folder)/s", "\(folder)/late") == 0)
            let client = try Program(["nc", "-U", "\(folder)/s"], input: .text("hello\n"))
            _ = client.wait()
            #expect(process.settlesNow { $0.descriptorCount <= before + 8 })
            let words = relay.stop()
            #expect(words.contains("the target leads back here"))
            #expect(words.contains("relayed 1 connection"), "\(words)")
        }
    }

    @Test(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
    func anAddressThatBecomesOursLaterIsALoopToo() async throws {
        try await withNetworkNamespaces(1) { namespaces in
            let relay = try namespaces[0].startSock("relay", "0.0.0.0:9000", "10.9.9.9:9000")
            #expect(relay.errorLine()?.hasPrefix("listening on") == true)
            try namespaces[0].ip("address", "add", "10.9.9.9/32", "dev", "lo")
            let client = try Program(
                ["ip", "netns", "exec", namespaces[0].name, "nc", "-N", "127.0.0.1", "9000"],
                input: .text("hello\n")
            )
            _ = client.wait()
            #expect(relay.errorLine()?.contains("the target leads back here") == true)
            relay.send(SIGTERM)
            let words = relay.wait().errors
            // A few more may be on their way when the first is found out; not thousands.
            #expect(words.split(separator: "\n").count < 20, "\(words)")
        }
    }

    /// Neither can know that the other leads back; the loop is as long as their limits allow, and must
    /// be gone with the client.
    @Test func twoRelaysInACircleForgetAClientThatIsGone() async throws {
        let ports = [try unusedPort(), try unusedPort()]
        let relays = try [(0, 1), (1, 0)].map { here, there in
            try Relaying(
                "--connection-limit",
                "20",
                to: "127.0.0.1:\(ports[there])",
                on: "127.0.0.1:\(ports[here])"
            )
        }
        let processes = relays.map { ServerProcess(number: sockProcess($0.program)) }
        let before = processes.map(\.descriptorCount)
        let client = try relays[0].python(
            """
            import struct
            s.sendall(b'round and round'); time.sleep(0.5); s.shutdown(socket.SHUT_WR); time.sleep(0.5)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
            """
        )
        #expect(client.status == 0, "\(client.errors)")
        for (process, count) in zip(processes, before) {
            #expect(
                try await process.settles { $0.descriptorCount <= count + 8 },
                "\(process.descriptorCount) of \(count)"
            )
        }
        for relay in relays { _ = relay.stop() }
    }

    private func sockProcess(_ program: Program) -> Int32 { program.processIdentifier }
}

/// Clients that are gone after they had finished sending, while the target says nothing.
@Suite struct RelayHangUpTests {
    /// A server that reads to the end, and then neither answers nor closes.
    private static let silentServer = """
        import socket, sys, threading
        s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True)
        held = []
        while True:
            c, _ = s.accept(); held.append(c)
            threading.Thread(target=lambda c=c: [0 for _ in iter(lambda: c.recv(65536), b'')], daemon=True).start()
        """

    @Test(arguments: [[], ["--delay", "1ms"], ["--chunk", "3"]])
    func aResetAfterTheEndIsNoticed(faults: [String]) async throws {
        let server = try Program(["python3", "-c", Self.silentServer], input: .open)
        defer { server.send(SIGKILL) }
        let port = try #require(server.outputLine())
        let program = try Program(
            [SockProgram.path, "relay", "127.0.0.1:0", "127.0.0.1:\(port)"] + faults
        )
        let line = try #require(program.errorLine())
        let here = try #require(line.split(separator: ":").last)
        let process = ServerProcess(number: program.processIdentifier)
        let before = process.descriptorCount
        let client = try Program.run([
            "python3", "-c",
            """
            import socket, struct, time
            for _ in range(50):
                s = socket.create_connection(('127.0.0.1', \(here)))
                s.sendall(b'question'); s.shutdown(socket.SHUT_WR); time.sleep(0.02)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
            """,
        ])
        #expect(client.status == 0, "\(client.errors)")
        // What each loop opens when it begins may stay; a hundred connections may not.
        #expect(
            try await process.settles { $0.descriptorCount <= before + 8 },
            "\(process.descriptorCount) of \(before)"
        )
        program.send(SIGTERM)
        _ = program.wait()
    }

    /// A Unix socket tells the end of a process from the end of what it sends.
    @Test func aUnixClientThatIsGoneIsNoticed() async throws {
        let server = try Program(["python3", "-c", Self.silentServer], input: .open)
        defer { server.send(SIGKILL) }
        let port = try #require(server.outputLine())
        let folder = NSTemporaryDirectory() + "sock-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let relay = try Relaying(to: "127.0.0.1:\(port)", on: "unix:\(folder)/s")
        let process = ServerProcess(number: relay.program.processIdentifier)
        let before = process.descriptorCount
        let client = try Program.run([
            "python3", "-c",
            """
            import socket
            for _ in range(50):
                s = socket.socket(socket.AF_UNIX); s.connect('\(folder)/s')
                s.sendall(b'question'); s.shutdown(socket.SHUT_WR); s.close()
            """,
        ])
        #expect(client.status == 0, "\(client.errors)")
        #expect(try await process.settles { $0.descriptorCount <= before + 8 })
        _ = relay.stop()
    }

    /// What has vanished without a word is found out by the kernel's probes.
    @Test func bothEndsAreProbed() throws {
        let server = try Listening("--keep", "--exec", "sleep 30")
        let relay = try Relaying(to: server.endpoint)
        let client = try Program(["nc", "127.0.0.1", relay.port], input: .open)
        let end = Date().addingTimeInterval(20)
        var probed = 0
        while probed < 2, Date() < end {
            let list = try Program.run(["ss", "-tnpo", "state", "established"]).text
            let ours = "pid=\(relay.program.processIdentifier),"
            probed = list.split(separator: "\n").count {
                $0.contains(ours) && $0.contains("timer:(keepalive")
            }
        }
        #expect(probed == 2)
        client.send(SIGKILL)
        _ = relay.stop()
        server.program.send(SIGTERM)
        _ = server.program.wait()
    }
}

extension ServerProcess {
    /// As ``settles(_:)``, of what has been done by the time that a client has seen its end.
    func settlesNow(_ isSo: (ServerProcess) -> Bool) -> Bool {
        let end = Date().addingTimeInterval(20)
        while !isSo(self) {
            if Date() > end { return false }
            usleep(20_000)  // the kernel tells no news of it
        }
        return true
    }
}
