import Foundation
import Testing

@testable import sock

@Suite struct RecordTests {
    /// More than a payload holds, and than the buffers of a connection.
    static let size = 256 << 10

    @Test(arguments: [[], ["--echo"], ["--exec", "cat"], ["--keep", "--echo"]])
    func aRecordingHasEveryByteOfBothWays(_ arguments: [String]) throws {
        try withFolder { folder in
            let up = try randomBytes(Self.size)
            let isTransfer = arguments.isEmpty
            let down = isTransfer ? try randomBytes(Self.size) : up
            let program = try Program(
                [SockProgram.path, "listen", "127.0.0.1:0", "-v", "--record", "\(folder)/r"]
                    + arguments,
                input: .bytes(isTransfer ? down : Data())
            )
            let endpoint = try #require(program.errorLine()).dropFirst("listening on ".count)
            let port = String(try #require(endpoint.split(separator: ":").last))
            let client = try Program(["nc", "-N", "127.0.0.1", port], input: .bytes(up))
            #expect(client.wait().output == down)
            if arguments.contains("--keep") {
                while program.errorLine()?.contains(" left: ") == false {}
                program.send(SIGTERM)
            }
            let outcome = program.wait()
            #expect(outcome.status == 0, "\(outcome.errors)")
            if isTransfer { #expect(outcome.output == up) }
            let recorded = try Recorded("\(folder)/r")
            #expect(!recorded.file.isCutOff)
            #expect(recorded.file.header.side == .listen)
            #expect(try recorded.bytes(.received) == up)
            #expect(try recorded.bytes(.sent) == down)
            #expect(try recorded.marks().contains(.end(.received)))
            #expect(try recorded.marks().contains(.end(.sent)))
        }
    }

    @Test func connectRecordsTheOtherSide() throws {
        try withFolder { folder in
            let server = try Listening("--exec", "tr a-z A-Z")
            let client = try SockProgram.run(
                "connect",
                server.endpoint,
                "--record",
                "\(folder)/r",
                input: .text("hello\n")
            )
            #expect(client.text == "HELLO\n")
            let recorded = try Recorded("\(folder)/r")
            #expect(recorded.file.header.side == .connect)
            #expect(recorded.file.header.endpoint == server.endpoint)
            #expect(recorded.file.conversations.first?.peer == server.endpoint)
            #expect(try recorded.bytes(.sent) == Data("hello\n".utf8))
            #expect(try recorded.bytes(.received) == Data("HELLO\n".utf8))
            #expect(
                try recorded.marks().last == .closed(receivedSize: 6, sentSize: 6, reason: nil)
            )
            let mode = try FileManager.default.attributesOfItem(atPath: "\(folder)/r")
            #expect(mode[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func manyClientsAreRecordedApart() throws {
        try withFolder { folder in
            let server = try Listening("--keep", "--record", "\(folder)/r", input: .open)
            let clients = try (0..<4).map { _ in try server.netcat(.open) }
            for (index, client) in clients.enumerated() {
                client.type("I am \(index)\n")
                #expect(server.program.outputLine() == "I am \(index)")
            }
            server.program.type("to all\n")
            for client in clients { #expect(client.outputLine() == "to all") }
            for client in clients { client.endInput() }
            for client in clients { #expect(client.wait().status == 0) }
            server.program.send(SIGTERM)
            #expect(server.program.wait().status == 0)
            let recorded = try Recorded("\(folder)/r")
            #expect(recorded.count == 4)
            let said = try (0..<4).map {
                String(decoding: try recorded.bytes(.received, $0), as: UTF8.self)
            }
            #expect(Set(said) == Set((0..<4).map { "I am \($0)\n" }))
            for index in 0..<4 {
                #expect(try recorded.bytes(.sent, index) == Data("to all\n".utf8))
            }
        }
    }

    @Test func aResetIsRecordedOnce() throws {
        try withFolder { folder in
            let server = try Listening("--echo", "--record", "\(folder)/r")
            let script = """
                import socket, struct
                s = socket.create_connection(('127.0.0.1', \(server.port)))
                s.sendall(b'x'); s.recv(1)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); s.close()
                """
            #expect(try Program.run(["python3", "-c", script]).status == 0)
            #expect(server.program.wait().status == 1)
            let marks = try Recorded("\(folder)/r").marks()
            #expect(marks.filter { $0 == .reset(.received) }.count == 1)
            guard case .closed(1, 1, let reason?) = marks.last else {
                Issue.record("\(marks)")
                return
            }
            #expect(reason.contains("ECONNRESET"))
        }
    }

    @Test func aSignalEndsTheRecordingProperly() throws {
        try withFolder { folder in
            let server = try Listening("--keep", "--echo", "--record", "\(folder)/r")
            let client = try server.netcat(.open)
            client.type("hello\n")
            #expect(client.outputLine() == "hello")
            server.program.send(SIGINT)
            #expect(server.program.wait().status == 0)
            client.endInput()
            _ = client.wait()
            let recorded = try Recorded("\(folder)/r")
            #expect(!recorded.file.isCutOff)
            #expect(try recorded.bytes(.sent) == Data("hello\n".utf8))
        }
    }

    @Test func whatAKillLeavesIsReadable() throws {
        try withFolder { folder in
            let server = try Listening("--keep", "--echo", "--record", "\(folder)/r")
            let client = try server.netcat(.open)
            client.type("hello\n")
            #expect(client.outputLine() == "hello")
            // Written by a thread of its own, soon; reading it again and again is the wait.
            while !((try? String(contentsOfFile: "\(folder)/r", encoding: .utf8)) ?? "")
                .contains("\"sent\"")
            {}
            server.program.send(SIGKILL)
            _ = server.program.wait()
            client.endInput()
            _ = client.wait()
            let recorded = try Recorded("\(folder)/r")
            #expect(recorded.file.isCutOff)
            #expect(try recorded.bytes(.sent) == Data("hello\n".utf8))
        }
    }

    @Test func aFullDiskEndsTheRecordingAndNotTheTransfer() throws {
        let server = try SockProgram.start(
            "listen",
            "127.0.0.1:0",
            "--echo",
            "--record",
            "/dev/full"
        )
        // The recording's first line fails while the listener begins: either is said first.
        let lines = try [#require(server.errorLine()), #require(server.errorLine())]
        let words =
            "sock: the recording /dev/full ends early: write: no space left on device (ENOSPC)"
        #expect(lines.contains(words))
        let listening = try #require(lines.first { $0.hasPrefix("listening on ") })
        let port = try #require(listening.split(separator: ":").last)
        let bytes = try randomBytes(1 << 20)
        let client = try Program(["nc", "-N", "127.0.0.1", String(port)], input: .bytes(bytes))
        #expect(client.wait().output == bytes)
        let outcome = server.wait()
        #expect(outcome.status == 1)
        #expect(outcome.errors == "")
    }

    @Test func aDiskThatTakesNothingStopsTheTransferForAWhileOnly() throws {
        try withFolder { folder in
            // A pipe whose reader reads the first line only.
            let pipe = "\(folder)/pipe"
            #expect(try Program.run(["mkfifo", pipe]).status == 0)
            let script = "import sys; f = open('\(pipe)'); f.readline(); sys.stdin.read()"
            let reader = try Program(["python3", "-c", script], input: .open)
            let server = try Listening("--echo", "--record", pipe)
            // More than all queues on the way take, so that the transfer has to wait.
            let bytes = try randomBytes(24 << 20)
            #expect(try server.netcat(.bytes(bytes)).wait().output == bytes)
            let outcome = server.program.wait()
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("the disk has taken nothing for 5.000 s"))
            reader.endInput()
            _ = reader.wait()
        }
    }

    @Test func aFileThatCannotBeMadeIsSaidBeforeAnythingHappens() throws {
        let outcome = try SockProgram.run("listen", "127.0.0.1:0", "--record", "/nowhere/r")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors
                == "sock: open the recording /nowhere/r: no such file or directory (ENOENT)\n"
        )
    }
}
