import Foundation
import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct ScanTests {
    /// A host with one port open, one that drops, one that is rejected; the others are closed.
    private func withHost(_ body: (NetworkNamespace) throws -> Void) async throws {
        try await withNetworkNamespaces(2) { hosts in
            try hosts[0].connect("eth0", "10.0.0.1/24", to: hosts[1], "eth0", "10.0.0.2/24")
            try hosts[1].run(
                "nft",
                "add table ip t { chain i { type filter hook input priority 0; "
                    + "tcp dport 81 drop; tcp dport 82 reject with icmp type admin-prohibited; }; }"
            )
            let server = try hosts[1].startSock("listen", "--keep", "10.0.0.2:80")
            _ = server.errorLine()
            defer {
                server.send(SIGTERM)
                _ = server.wait()
            }
            try body(hosts[0])
        }
    }

    @Test func openClosedAndFilteredAreToldApart() async throws {
        try await withHost { host in
            let outcome = try host.sock("scan", "10.0.0.2", "79-83", "--timeout", "0.5", "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            var states: [Int: String] = [:]
            for port in outcome.objects("port") {
                guard let number = port["port"] as? Int else { continue }
                let reason = (port["reason"] as? String).map { ": \($0)" } ?? ""
                states[number] = "\(port["state"] as? String ?? "")\(reason)"
            }
            #expect(
                states == [
                    79: "closed", 80: "open", 81: "filtered: no answer",
                    82: "filtered: administratively prohibited, says 10.0.0.2", 83: "closed",
                ]
            )
        }
    }

    @Test func openPortsAreTheDataAndTheCountsAreWords() async throws {
        try await withHost { host in
            let outcome = try host.sock("scan", "10.0.0.2", "70-80")
            #expect(outcome.lines.count == 1 && outcome.text.hasPrefix("80/tcp open "))
            #expect(outcome.errors == "10.0.0.2: 1 open, 10 closed, 0 filtered\n")
            #expect(try host.sock("scan", "10.0.0.2", "70-79").status == 1)
        }
    }

    @Test func attemptsAreNoFasterThanTheRate() async throws {
        try await withHost { host in
            let start = ContinuousClock.now
            _ = try host.sock("scan", "10.0.0.2", "1-21", "--rate", "50")
            // 20 pauses of 20 ms.
            #expect(ContinuousClock.now - start >= .milliseconds(400))
        }
    }

    @Test(arguments: ["22,80,70000", "", "a", "5-1"])
    func mistakesAreUsageAndShown(ports: String) throws {
        let outcome = try SockProgram.run("scan", "127.0.0.1", ports)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("invalid ports: ") && outcome.errors.contains("^"))
    }
}
