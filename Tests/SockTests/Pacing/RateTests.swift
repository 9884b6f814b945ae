import Foundation
import Testing

/// `--rate` in every command that sends.
@Suite struct RateTests {
    /// How long the sender's own connection was open, in seconds; of its last event.
    private func seconds(_ errors: String) throws -> Double {
        let line = try #require(errors.split(separator: "\n").last { $0.contains("closed") })
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        )
        return Double(try #require(object["duration_ns"] as? Int)) / 1e9
    }

    @Test func connectSendsEvenlyAndEverything() throws {
        let bytes = try randomBytes(20_000)
        let server = try Listening()
        let client = try SockProgram.run(
            "connect",
            server.endpoint,
            "--rate",
            "50k",
            "--json",
            input: .bytes(bytes)
        )
        #expect(client.status == 0)
        #expect(server.program.wait().output == bytes)
        // 400 ms, less the quantum at the beginning.
        #expect(try seconds(client.errors) > 0.35)
    }

    @Test(arguments: [[], ["--echo"], ["--exec", "cat"]])
    func listenSendsEvenlyAndEverything(_ arguments: [String]) throws {
        let bytes = try randomBytes(20_000)
        let program = try Program(
            [SockProgram.path, "listen", "127.0.0.1:0", "--rate", "50k", "--json"] + arguments,
            input: .bytes(arguments.isEmpty ? bytes : Data())
        )
        let listening = try #require(program.errorLine())
        let port = try #require(listening.split(separator: ":").last).dropLast(2)
        let client = try Program(["nc", "-N", "127.0.0.1", String(port)], input: .bytes(bytes))
        #expect(client.wait().output == bytes)
        let outcome = program.wait()
        #expect(outcome.status == 0)
        #expect(try seconds(outcome.errors) > 0.35)
    }

    @Test func aGatheringIsPacedClientByClient() throws {
        let server = try Listening("--keep", "--rate", "50k", input: .open)
        let clients = try (0..<2).map { _ in
            try SockProgram.start("connect", server.endpoint, "--json", input: .open)
        }
        for client in clients { #expect(client.errorLine()?.contains("connected") == true) }
        // Both are served before the line is there: their own lines come out.
        for client in clients {
            client.type("here\n")
            #expect(server.program.outputLine() == "here")
        }
        let line = String(repeating: "x", count: 19_999)
        server.program.type(line + "\n")
        for client in clients { #expect(client.outputLine() == line) }
        for client in clients { client.endInput() }
        // 100 ms worth may have been saved before.
        for client in clients { #expect(try seconds(client.wait().errors) > 0.29) }
        server.program.send(SIGTERM)
        #expect(server.program.wait().status == 0)
    }

    @Test(arguments: ["0", "x", "11G"])
    func aRateThatIsNoneIsRefused(_ text: String) throws {
        let outcome = try SockProgram.run("connect", "localhost:1", "--rate", text)
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("sock: The value '\(text)' is invalid for '--rate"))
    }
}
