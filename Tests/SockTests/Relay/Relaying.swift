import Foundation
import Testing

/// A `sock relay` that relays.
struct Relaying {
    let program: Program
    /// What it said: `tcp://127.0.0.1:40001`.
    let endpoint: String

    init(
        _ arguments: String...,
        to target: String,
        on endpoint: String = "127.0.0.1:0",
        isJSON: Bool = false
    ) throws {
        program = try Program([SockProgram.path, "relay", endpoint, target] + arguments)
        let line = try #require(program.errorLine())
        guard !isJSON else {
            self.endpoint = try #require(jsonObject(line)["endpoint"] as? String)
            return
        }
        let words = "listening on "
        try #require(line.hasPrefix(words), "\(line)")
        self.endpoint = String(line.dropFirst(words.count))
    }

    var port: String { String(endpoint.split(separator: ":").last ?? "") }

    /// Runs a client of another make, which half-closes at the end of its input.
    func netcat(_ input: Program.Input) throws -> Program.Outcome {
        try Program(["nc", "-N", "127.0.0.1", port], input: input).wait()
    }

    /// Runs Python with a TCP socket `s` that is connected to it.
    func python(_ script: String) throws -> Program.Outcome {
        let start = """
            import socket, sys, time
            s = socket.create_connection(('127.0.0.1', \(port))); s.settimeout(20)

            """
        return try Program.run(["python3", "-c", start + script])
    }

    /// Stops it, which it does with status 0, and returns what it said.
    func stop() -> String {
        program.send(SIGTERM)
        let outcome = program.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.errors
    }

    /// Stops one that speaks JSON, and returns its last event.
    func totals() throws -> [String: Any] {
        try jsonObject(stop().split(separator: "\n").last.map { String($0) })
    }
}
