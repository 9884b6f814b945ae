import Foundation
import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct PingTests {
    @Test func bothFamiliesAndManyHostsAnswer() async throws {
        try await RoutedNetwork.with { network in
            let outcome = try network.host.sock(
                "ping",
                "--count",
                "3",
                "--interval",
                "0.05",
                "10.0.3.2",
                "fd03::2",
                "127.0.0.1"
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            for (address, hops) in [("10.0.3.2", 62), ("fd03::2", 62), ("127.0.0.1", 64)] {
                for number in 1...3 {
                    let start = "64 bytes from \(address): icmp_seq=\(number) ttl=\(hops) time="
                    let lines = outcome.lines.filter { $0.hasPrefix(start) }
                    #expect(lines.count == 1 && lines[0].hasSuffix(" ms"))
                }
                #expect(outcome.text.contains("--- \(address) ping statistics ---"))
            }
            let counts = "3 packets transmitted, 3 received, 0% packet loss, time"
            #expect(outcome.lines.count { $0.hasPrefix(counts) } == 3)
            #expect(outcome.lines.count { $0.hasPrefix("rtt p50/p90/p99 = ") } == 3)
        }
    }

    @Test func aPingSocketNeedsNoPrivilege() async throws {
        try await withNetworkNamespaces(1) { namespaces in
            try namespaces[0].run("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647")
            let outcome = try Program.run(
                [
                    "ip", "netns", "exec", namespaces[0].name, "setpriv", "--bounding-set=-all",
                    "--inh-caps=-all", "--reuid=65534", "--regid=65534", "--clear-groups",
                    SockProgram.path, "ping", "-c", "1", "127.0.0.1", "::1",
                ]
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.lines.count { $0.contains("1 received, 0% packet loss") } == 2)
        }
    }

    @Test func aRefusalNamesTheCapabilityAndTheSetting() async throws {
        try await withNetworkNamespaces(1) { namespaces in
            try namespaces[0].run("sysctl", "-qw", "net.ipv4.ping_group_range=1 0")
            let outcome = try Program.run(
                [
                    "ip", "netns", "exec", namespaces[0].name, "setpriv", "--bounding-set=-all",
                    "--inh-caps=-all", "--reuid=65534", "--regid=65534", "--clear-groups",
                    SockProgram.path, "ping", "-c", "1", "127.0.0.1",
                ]
            )
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("CAP_NET_RAW"))
            #expect(outcome.errors.contains("net.ipv4.ping_group_range"))
        }
    }

    @Test func noThreadKeepsACapability() throws {
        let program = try SockProgram.start("ping", "--interval", "0.05", "127.0.0.1")
        // The header and a reply: everything runs by now.
        _ = program.outputLine()
        #expect(program.outputLine()?.contains("icmp_seq=1") == true)
        let tasks = "/proc/\(program.processIdentifier)/task"
        let threads = try FileManager.default.contentsOfDirectory(atPath: tasks)
        #expect(threads.count > 1)
        for thread in threads {
            let status = try String(contentsOfFile: "\(tasks)/\(thread)/status", encoding: .utf8)
            // The bounding set and the last: or root's next execve(2) had all of them again.
            for set in ["CapPrm", "CapEff", "CapInh", "CapBnd", "CapAmb"] {
                #expect(status.contains("\(set):\t0000000000000000"), "\(set) of thread \(thread)")
            }
            #expect(status.contains("NoNewPrivs:\t1"), "thread \(thread)")
        }
        program.send(SIGINT)
        let outcome = program.wait()
        #expect(outcome.status == 0)
        #expect(outcome.text.contains("ping statistics ---"))
        #expect(outcome.text.contains(" 0% packet loss"))
    }

    @Test func anUnreachableHostIsReportedByWhoKnows() async throws {
        try await RoutedNetwork.with { network in
            // No route beyond the first router.
            try network.near.ip("route", "add", "unreachable", "10.9.0.0/16")
            let outcome = try network.host.sock("ping", "-c", "2", "-i", "0.05", "10.9.0.1")
            #expect(outcome.status == 1)
            #expect(outcome.lines[1] == "From 10.0.1.1 icmp_seq=1 to 10.9.0.1: host unreachable")
            let counts = "2 packets transmitted, 0 received, 2 errors, 100% packet loss"
            #expect(outcome.text.contains(counts))
            let json = try network.host.sock("ping", "-c", "1", "--json", "10.9.0.1")
            let report = try #require(json.objects("unreachable").first)
            #expect(report["reporter"] as? String == "10.0.1.1")
            #expect(report["icmp_type"] as? Int == 3 && report["icmp_code"] as? Int == 1)
        }
    }

    @Test func aNeighbourThatIsNotThereIsReportedOrGivenUp() async throws {
        try await RoutedNetwork.with { network in
            let outcome = try network.host.sock("ping", "-c", "1", "-W", "0.2", "10.0.1.77")
            #expect(outcome.status == 1)
            #expect(outcome.text.contains("no answer from 10.0.1.77: icmp_seq=1"))
            #expect(outcome.text.contains("100% packet loss"))
            // The kernel asks for the neighbour three times, a second each.
            let patient = try network.host.sock("ping", "-c", "1", "-W", "8", "10.0.1.77")
            let report = "From 10.0.1.2 icmp_seq=1 to 10.0.1.77: host unreachable"
            #expect(patient.text.contains(report))
        }
    }

    @Test func withoutARouteNothingIsSentAndThatIsSaid() async throws {
        try await withNetworkNamespaces(1) { namespaces in
            let outcome = try namespaces[0].sock("ping", "-c", "1", "192.0.2.1")
            #expect(outcome.status == 1)
            #expect(outcome.text.contains("not sent to 192.0.2.1: icmp_seq=1: network unreachable"))
        }
    }

    @Test func aRequestOverTheMTUArrivesInFragments() async throws {
        try await RoutedNetwork.with { network in
            for host in ["10.0.3.2", "fd03::2"] {
                // Over IPv6 each end learns from its first loss what the path takes.
                let outcome = try network.host.sock(
                    "ping",
                    "-c",
                    "4",
                    "-i",
                    "0.2",
                    "-s",
                    "20000",
                    host
                )
                #expect(outcome.status == 0, "\(host): \(outcome.text)")
                #expect(outcome.text.contains("20008 bytes from \(host)"))
            }
        }
    }

    @Test(arguments: [
        ["--size", "65508", "h"], ["--size", "-1", "h"], ["--interval", "0.001", "h"],
        ["--count", "0", "h"],
        ["-4", "-6", "h"], ["--timeout", "x", "h"], [], ["224.0.0.1"],
    ])
    func mistakesAreUsage(arguments: [String]) throws {
        let outcome = try Program.run([SockProgram.path, "ping"] + arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
    }

    @Test func theSystemsPingAgrees() async throws {
        try await RoutedNetwork.with { network in
            let theirs = try network.host.run("ping", "-n", "-c", "2", "-i", "0.2", "10.0.3.2")
            let ours = try network.host.sock("ping", "-c", "2", "-i", "0.2", "10.0.3.2").text
            /// A reply's line without what differs from run to run.
            func shape(_ text: String) -> [String] {
                text.split(separator: "\n").filter { $0.contains("icmp_seq=") }.map { line in
                    String(line[..<(line.range(of: "time=")?.upperBound ?? line.endIndex)])
                }
            }
            #expect(shape(ours) == shape(theirs))
            #expect(shape(ours).count == 2)
            #expect(ours.split(separator: "\n")[0] == theirs.split(separator: "\n")[0])
        }
    }
}
