import Foundation
import TestSupport
import Testing

@Suite(
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct TraceTests {
    /// The address of each row.
    private func addresses(_ outcome: Program.Outcome) -> [String] {
        outcome.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard words.count > 2, Int(words[0]) != nil else { return nil }
            return String(words[1])
        }
    }

    @Test(arguments: ["--udp", "--icmp", "--tcp"])
    func threeHopsAndTheSmallestLinkAreFound(method: String) async throws {
        try await RoutedNetwork.with { network in
            for hops in [RoutedNetwork.hops, RoutedNetwork.hops6] {
                let outcome = try network.host.sock("trace", method, hops[2])
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(addresses(outcome) == hops, "\(outcome.text)")
                #expect(outcome.lines.last == "path MTU 1400, reported by \(hops[0])")
            }
        }
    }

    @Test func tracerouteSeesTheSameHops() async throws {
        try await RoutedNetwork.with { network in
            let theirs = try network.host.run("traceroute", "-n", "10.0.3.2")
            let hops = theirs.split(separator: "\n").dropFirst().map {
                String($0.split(separator: " ")[1])
            }
            let ours = try network.host.sock("trace", "10.0.3.2")
            #expect(addresses(ours) == hops)
            let mtu = try network.host.run("tracepath", "-n", "10.0.3.2")
            #expect(mtu.contains("pmtu 1400"))
        }
    }

    @Test(arguments: ["--udp", "--tcp"])
    func noPrivilegeIsNeeded(method: String) async throws {
        try await RoutedNetwork.with { network in
            let outcome = try Program.run(
                [
                    "ip", "netns", "exec", network.host.name, "setpriv", "--bounding-set=-all",
                    "--inh-caps=-all", "--reuid=65534", "--regid=65534", "--clear-groups",
                    SockProgram.path, "trace", method, "10.0.3.2",
                ]
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(addresses(outcome) == RoutedNetwork.hops)
        }
    }

    @Test func whereItGoesNoFurtherIsMarked() async throws {
        try await RoutedNetwork.with { network in
            try network.far.ip("route", "add", "prohibit", "10.9.0.0/16")
            try network.near.addRoute(to: "10.9.0.0/16", via: "10.0.2.2")
            let outcome = try network.host.sock("trace", "--timeout", "1", "10.9.0.1")
            #expect(outcome.status == 1)
            #expect(addresses(outcome) == ["10.0.1.1", "10.0.2.2"])
            #expect(outcome.lines[2].hasSuffix(" ms !X"))
        }
    }

    @Test func aSilentRouterIsAStarAndTheOthersAreFound() async throws {
        try await RoutedNetwork.with { network in
            // It forwards, and says nothing itself.
            try network.far.run(
                "nft",
                "add table ip t { chain o { type filter hook output priority 0; "
                    + "ip protocol icmp drop; }; }"
            )
            let outcome = try network.host.sock("trace", "10.0.3.2")
            #expect(outcome.status == 0)
            #expect(outcome.lines[2] == " 2   *  *  *")
            #expect(outcome.lines[3].hasPrefix(" 3  10.0.3.2 "))
        }
    }

    @Test func anOpenPortIsTheEndToo() async throws {
        try await RoutedNetwork.with { network in
            let server = try network.goal.startSock("listen", "--keep", "10.0.3.2:8080")
            _ = server.errorLine()
            defer {
                server.send(SIGTERM)
                _ = server.wait()
            }
            let outcome = try network.host.sock("trace", "--tcp", "--port", "8080", "10.0.3.2")
            #expect(addresses(outcome) == RoutedNetwork.hops)
        }
    }

    @Test(arguments: ["--udp", "--icmp", "--tcp"])
    func withoutARouteItEndsAtOnceAndSaysWhy(method: String) async throws {
        try await withNetworkNamespaces(1) { namespaces in
            let start = ContinuousClock.now
            let outcome = try namespaces[0].sock("trace", method, "192.0.2.1")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains("network unreachable (ENETUNREACH)"),
                "\(outcome.errors)"
            )
            // Less than one probe is waited for.
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }

    @Test func jsonHasEveryProbe() async throws {
        try await RoutedNetwork.with { network in
            let outcome = try network.host.sock("trace", "--json", "-q", "2", "10.0.3.2")
            let probes = outcome.objects("probe")
            #expect(probes.map { $0["hop"] as? Int } == [1, 1, 2, 2, 3, 3])
            #expect(probes.last?["outcome"] as? String == "destination")
            #expect(probes.allSatisfy { ($0["time_ns"] as? Int ?? 0) > 0 })
            let end = try #require(outcome.objects("end").first)
            #expect(end["reached"] as? Bool == true && end["path_mtu"] as? Int == 1400)
            #expect(end["path_mtu_confirmed"] as? Bool == true)
        }
    }

    @Test(arguments: [
        ["--max-hops", "0", "h"], ["--max-hops", "256", "h"], ["--queries", "11", "h"],
        ["--port", "65500", "h"], ["--icmp", "--port", "80", "h"], ["--udp", "--tcp", "h"],
        ["--tcp", "--port", "0", "h"],
    ])
    func mistakesAreUsage(arguments: [String]) throws {
        #expect(try Program.run([SockProgram.path, "trace"] + arguments).status == 64)
    }
}
