import Foundation
import Testing

/// Starts with too few descriptors or too little memory: a sentence and status 1, or it works; never a trap,
/// and never a server that cannot be ended.
@Suite struct FewResourcesTests {
    static let descriptorCounts = Array(3...24)
    static let mebibytes = [64, 96, 128, 192, 256, 320, 400, 512, 768, 1024]

    private static let servers = [
        ["listen", "127.0.0.1:0", "--keep", "--echo"], ["listen", "udp://127.0.0.1:0", "--keep"],
        ["chat", "serve", "--listen", "127.0.0.1:0"], ["sessions", "--listen", "127.0.0.1:0"],
        ["relay", "127.0.0.1:0", "127.0.0.1:1"],
        ["listen", "tls://127.0.0.1:0", "--keep", "--echo"],
    ]
    private static let clients = [
        ["connect", "127.0.0.1:1"], ["get", "http://127.0.0.1:1/"], ["resolve", "localhost"],
        ["ping", "127.0.0.1", "-c", "1"], ["scan", "127.0.0.1", "1"], ["--version"],
        ["listen", "--help"],
    ]

    private func start(_ limit: String, _ arguments: [String]) throws -> Program {
        let script = "ulimit \(limit) && exec \"$0\" \"$@\""
        return try Program(["bash", "-c", script, SockProgram.path] + arguments)
    }

    /// Runs it, and ends it if it is a server that has begun.
    private func check(_ limit: String, _ arguments: [String], isServer: Bool) throws {
        let program = try start(limit, arguments)
        var errors = ""
        if isServer {
            while let line = program.errorLine() {
                errors += line + "\n"
                guard line.contains("listening") || line.contains("serving") else { continue }
                program.send(SIGTERM)
                break
            }
        }
        let outcome = program.wait()
        errors += outcome.errors
        // 127: the loader itself had no room for the program, and said so.
        #expect(
            [0, 1].contains(outcome.status) || outcome.status == 127,
            "\(limit) \(arguments) ended with \(outcome.status): \(errors)"
        )
        guard outcome.status == 1, !arguments.contains("ping"), !arguments.contains("scan") else {
            return
        }
        #expect(errors.hasPrefix("sock: "), "\(limit) \(arguments) said: \(errors)")
    }

    @Test(arguments: descriptorCounts) func fewDescriptorsAreTold(_ count: Int) throws {
        for command in Self.servers { try check("-n \(count)", command, isServer: true) }
        for command in Self.clients { try check("-n \(count)", command, isServer: false) }
        try withFolder { folder in
            let web = ["serve", folder, "--listen", "127.0.0.1:0"]
            try check("-n \(count)", web, isServer: true)
            let files = ["receive", "--into", folder, "--listen", "127.0.0.1:0"]
            try check("-n \(count)", files, isServer: true)
        }
    }

    @Test(arguments: mebibytes) func littleMemoryIsTold(_ size: Int) throws {
        let limit = "-v \(size * 1024)"
        for command in Self.servers { try check(limit, command, isServer: true) }
        for command in Self.clients { try check(limit, command, isServer: false) }
    }

    @Test func enoughIsEnough() throws {
        let program = try start("-n 40", ["listen", "127.0.0.1:0", "--keep", "--echo"])
        let line = try #require(program.errorLine())
        #expect(line.hasPrefix("listening on "))
        program.send(SIGTERM)
        #expect(program.wait().status == 0)
    }
}
