import Foundation
import TestSupport
import Testing

/// Which hosts are asked, and that none of them is forgotten.
@Suite(
    .serialized,
    .enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason))
)
struct PingHostsTests {
    @Test func eachHostHasItsOwnLinesAlsoWhereTwoAreOne() async throws {
        try await withNetworkNamespaces(1) { namespaces in
            let hosts = ["127.0.0.1", "127.0.0.2", "127.0.0.1", "0.0.0.0"]
            let outcome = try namespaces[0].sock(["ping", "-c", "2", "-i", "0.02"] + hosts)
            #expect(outcome.status == 0, "\(outcome.errors)")
            for (host, times) in [("127.0.0.1", 2), ("127.0.0.2", 1), ("0.0.0.0", 1)] {
                let title = "--- \(host) ping statistics ---"
                #expect(outcome.lines.count { $0 == title } == times, "\(outcome.text)")
            }
            let together = "asked together with 127.0.0.1."
            #expect(outcome.lines.count { $0.hasSuffix(together) } == 2)
            #expect(outcome.lines.count { $0.contains("2 received, 0% packet loss") } == 4)
            #expect(outcome.lines.count { $0.contains("0.0.0.0 (127.0.0.1): icmp_seq=") } == 2)

            let json = try namespaces[0].sock(["ping", "-c", "1", "--json"] + hosts)
            for event in ["reply", "summary"] {
                let names = json.objects(event).compactMap { $0["host"] as? String }
                #expect(names.sorted() == hosts.sorted(), "\(json.text)")
            }
            let shared = json.objects("summary").compactMap { $0["asked_with"] as? String }
            #expect(shared == ["127.0.0.1", "127.0.0.1"])
        }
    }

    @Test func twoNamesOfOneAddressEachHaveASummary() async throws {
        try await withNetworkNamespaces(1) { namespaces in
            let outcome = try namespaces[0].sock([
                "ping", "-4", "-c", "1", "127.0.0.1", "localhost",
            ])
            #expect(outcome.text.contains("--- localhost ping statistics ---"))
            #expect(outcome.text.contains("--- 127.0.0.1 ping statistics ---"))
        }
    }

    /// The kernel ignores the zone of an address that needs none, and replies come without it.
    @Test func zonesThatAreNotNeededDoNotHideTheReplies() async throws {
        try await withNetworkNamespaces(2) { namespaces in
            let (near, far) = (namespaces[0], namespaces[1])
            try near.connect("eth0", "10.0.0.1/24", to: far, "eth0", "10.0.0.2/24")
            try near.addAddress("fd00::1/64", to: "eth0")
            try far.addAddress("fd00::2/64", to: "eth0")
            let hosts = ["::1%lo", "fd00::2%eth0", "fd00::1%lo", "::ffff:10.0.0.2"]
            let outcome = try near.sock(["ping", "-c", "2", "-i", "0.05"] + hosts)
            #expect(outcome.status == 0, "\(outcome.errors)")
            for host in hosts {
                #expect(outcome.text.contains("--- \(host) ping statistics ---"))
            }
            #expect(
                outcome.lines.count { $0.contains("2 received, 0% packet loss") } == hosts.count,
                "\(outcome.text)"
            )
            #expect(!outcome.text.contains("ignored"))
            for probe in ["udp", "icmp", "tcp"] {
                for host in hosts {
                    let trace = try near.sock([
                        "trace", host, "--\(probe)", "--timeout", "2", "--queries", "1",
                    ])
                    #expect(trace.status == 0, "\(probe) \(host): \(trace.text) \(trace.errors)")
                }
            }
        }
    }

    /// Where a zone is needed it stays, and tells one neighbour from another.
    @Test func linkLocalAddressesKeepTheirZones() async throws {
        try await withNetworkNamespaces(2) { namespaces in
            let (near, far) = (namespaces[0], namespaces[1])
            try near.connect("eth0", "10.0.0.1/24", to: far, "eth0", "10.0.0.2/24")
            try near.connect("eth1", "10.0.1.1/24", to: far, "eth1", "10.0.1.2/24")
            for name in ["eth0", "eth1"] {
                // The same address on both links, of two different neighbours as far as we know.
                try far.addAddress("fe80::2/64", to: name)
                try near.addAddress("fe80::1/64", to: name)
            }
            let hosts = ["fe80::2%eth0", "fe80::2%eth1", "fe80::1%eth0"]
            let outcome = try near.sock(["ping", "-c", "2", "-i", "0.05"] + hosts)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(
                outcome.lines.count { $0.contains("2 received, 0% packet loss") } == 3,
                "\(outcome.text)"
            )
            #expect(!outcome.text.contains("together"))
        }
    }

    /// 20,000 round trips while every processor has more to do than it can.
    @Test func noRoundTripTakesNoTime() async throws {
        let load = try (0..<6).map { _ in try Program(["sh", "-c", "while :; do :; done"]) }
        defer { for program in load { program.send(SIGKILL) } }
        try await withNetworkNamespaces(1) { namespaces in
            // 20 addresses, as one may be asked only once in 2 ms.
            let hosts = (1...20).map { "127.0.0.\($0)" }
            let outcome = try namespaces[0].sock(
                ["ping", "-c", "1000", "-i", "0.002", "--json"] + hosts
            )
            #expect(outcome.status == 0, "\(outcome.errors)")
            let times = outcome.objects("reply").compactMap { $0["time_ns"] as? Int }
            let least = try #require(times.min())
            // Never answered by a loopback in less than a microsecond.
            #expect(least > 1_000, "\(times.count { $0 <= 0 }) of \(times.count) took no time")
            #expect(times.count > 15_000)
            let minima = outcome.objects("summary").compactMap { $0["min_ns"] as? Int }
            #expect(minima.count == hosts.count && minima.allSatisfy { $0 > 1_000 })
        }
    }
}
