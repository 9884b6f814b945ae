import Foundation
import Sockets
import Testing

/// A running `sock chat serve`, on free ports.
struct ServedChat {
    let program: Program
    let process: ServerProcess
    /// What it said, in the order of its listeners: `tcp://127.0.0.1:40001`.
    let endpoints: [String]

    var endpoint: String { endpoints[0] }
    var port: String { String(endpoint.split(separator: ":").last ?? "") }

    init(
        _ arguments: [String] = ["--listen", "127.0.0.1:0"],
        listenerCount: Int = 1,
        environment: [String] = [],
        runLimit: TimeInterval? = nil
    ) throws {
        // The shell tells its process number, and becomes the server.
        let command = ["sh", "-c", "echo $$ >&2; exec \"$@\"", "sh", SockProgram.path]
        program = try Program(
            environment + command + ["chat", "serve"] + arguments,
            runLimit: runLimit
        )
        let number = try #require(program.errorLine())
        process = ServerProcess(number: try #require(Int32(number)))
        var endpoints: [String] = []
        for _ in 0..<listenerCount {
            let line = try #require(program.errorLine())
            try #require(line.hasPrefix("listening on "), "\(line)")
            endpoints.append(String(line.dropFirst("listening on ".count)))
            let hint = try #require(program.errorLine())
            try #require(hint.contains("sock chat join \(endpoints.last ?? "")"), "\(hint)")
        }
        self.endpoints = endpoints
    }

    func join(_ arguments: String..., input: Program.Input) throws -> Program {
        try Program([SockProgram.path, "chat", "join", endpoint] + arguments, input: input)
    }

    /// Stops it with a signal, which everybody is told; it is to end well.
    func stop(_ signal: Int32 = SIGTERM) {
        program.send(signal)
        #expect(program.wait().status == 0)
    }
}

/// What the kernel says of a process: proc(5).
struct ServerProcess {
    let number: Int32

    var descriptorCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/fd").count) ?? 0
    }

    /// Its memory, in KiB.
    var residentSize: Int {
        let status = (try? String(contentsOfFile: "/proc/\(number)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
    }

    /// Waits until something is so of it; false after twenty seconds.
    func settles(_ isSo: (ServerProcess) -> Bool) async throws -> Bool {
        let loop = EventLoopGroup.shared.next()
        let deadline = Deadline.after(.seconds(20))
        while !isSo(self) {
            if deadline.hasPassed { return false }
            // The kernel tells no news of it.
            try await loop.sleep(until: .after(.milliseconds(20)))
        }
        return true
    }
}
