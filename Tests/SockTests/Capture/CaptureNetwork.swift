import Foundation
import TestSupport
import Testing

/// Two hosts with a cable between, `10.9.0.1` and `fd09::1` to `10.9.0.2` and `fd09::2`, and
/// programs that run on the first.
struct CaptureNetwork {
    let here: NetworkNamespace
    let there: NetworkNamespace

    static func run(_ body: (CaptureNetwork) async throws -> Void) async throws {
        try await withNetworkNamespaces(2) { hosts in
            try hosts[0].connect("eth0", "10.9.0.1/24", to: hosts[1], "eth0", "10.9.0.2/24")
            try hosts[0].addAddress("fd09::1/64", to: "eth0")
            try hosts[1].addAddress("fd09::2/64", to: "eth0")
            try await body(CaptureNetwork(here: hosts[0], there: hosts[1]))
        }
    }

    func start(_ arguments: [String]) throws -> Program {
        try Program(["ip", "netns", "exec", here.name] + arguments)
    }

    /// A `sock capture` that captures.
    func capture(_ arguments: String...) throws -> Program {
        let program = try start([SockProgram.path, "capture"] + arguments)
        let line = try #require(program.errorLine())
        #expect(line.contains("capturing"), "\(line)")
        return program
    }

    /// Sends a UDP datagram to port 9, where nobody is.
    func sendMark(size: Int) throws {
        // One write(2) of head's, and so one datagram.
        try there.run("bash", "-c", "head -c \(size) /dev/zero >/dev/udp/10.9.0.1/9")
    }

    /// Reads lines until that of a mark.
    static func waitForMark(size: Int, in program: Program) throws -> [String] {
        var lines: [String] = []
        while let line = program.outputLine() {
            lines.append(line)
            if line.contains("> 10.9.0.1.9: UDP, length \(size)") { return lines }
        }
        Issue.record("no mark among \(lines)")
        return lines
    }

    /// A file's packets as tshark lists them, the given fields of each.
    static func list(_ file: String, _ fields: [String]) throws -> [[String]] {
        let options = fields.flatMap { ["-e", $0] }
        let outcome = try Program.run(["tshark", "-n", "-r", file, "-T", "fields"] + options)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.text.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }
}
