import Foundation
import Testing

/// Peers of another make that speak in datagrams.
enum DatagramPrograms {
    /// Runs Python with `socket`, `sys` and a socket `s` of its own at a port of the loopback, which
    /// is the first line of its output; lines that follow are the script's.
    static func server(
        _ script: String,
        family: String = "AF_INET",
        host: String = "127.0.0.1"
    ) throws -> (program: Program, port: String) {
        let start = """
            import socket, sys, time
            s = socket.socket(socket.\(family), socket.SOCK_DGRAM)
            s.bind(('\(host)', 0)); s.settimeout(30)
            print(s.getsockname()[1], flush=True)

            """
        let program = try Program(["python3", "-c", start + script], input: .open)
        return (program, try #require(program.outputLine()))
    }

    /// Runs Python with a socket `s` that is connected to a port of the loopback, to its end.
    static func client(
        _ port: String,
        _ script: String,
        family: String = "AF_INET",
        host: String = "127.0.0.1"
    ) throws -> Program.Outcome {
        try Program.run(["python3", "-c", clientScript(port, script, family: family, host: host)])
    }

    static func clientScript(
        _ port: String,
        _ script: String,
        family: String = "AF_INET",
        host: String = "127.0.0.1"
    ) -> String {
        """
        import socket, sys, time
        s = socket.socket(socket.\(family), socket.SOCK_DGRAM)
        s.connect(('\(host)', \(port))); s.settimeout(30)
        \(script)
        """
    }

    /// A UDP port on which nobody listens, as far as a moment ago.
    static func unusedPort() throws -> String {
        let script = """
            import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])
            """
        let text = try Program.run(["python3", "-c", script]).text
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

extension Listening {
    /// Stops a server, which that does with status 0.
    @discardableResult
    func stop() -> Program.Outcome {
        program.send(SIGTERM)
        let outcome = program.wait()
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }
}

/// The object of a line of JSON.
func jsonObject(_ line: String?) throws -> [String: Any] {
    let line = try #require(line)
    return try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
}
