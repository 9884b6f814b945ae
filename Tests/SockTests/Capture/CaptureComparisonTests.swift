import Foundation
import TestSupport
import Testing

/// What `sock capture` writes beside what tcpdump writes, both read by tshark.
@Suite(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
struct CaptureComparisonTests {
    @Test(
        .enabled(if: Tool.areInstalled("tcpdump", "tshark", "nc"), "needs tcpdump, tshark and nc"),
        arguments: [
            "", "icmp or udp port 9", "not tcp", "host 10.9.0.1 and not icmp", "udp or ip6",
        ]
    )
    func tsharkListsThePacketsThatTcpdumpSaw(_ filter: String) async throws {
        try await CaptureNetwork.run { network in
            try withFolder { folder in
                let (ours, theirs) = ("\(folder)/ours.pcapng", "\(folder)/theirs.pcap")
                let words = filter.isEmpty ? [] : [filter]
                let tcpdump = try network.start(
                    [
                        "tcpdump", "-i", "any", "-y", "LINUX_SLL2", "-n", "-l", "-U",
                        "--immediate-mode", "--print", "-w", theirs,
                        // Its ring has room for few packets of the size it allows for by default.
                        "-s", "4096", "-B", "16384",
                    ] + words
                )
                while let line = tcpdump.errorLine(), !line.contains("listening on") {}
                let capture = try network.start([SockProgram.path, "capture", "-o", ours] + words)
                #expect(capture.errorLine()?.hasPrefix("capturing on all interfaces") == true)
                // From the first mark to the last, both see everything.
                try network.sendMark(size: 55)
                for program in [capture, tcpdump] {
                    _ = try CaptureNetwork.waitForMark(size: 55, in: program)
                }
                try network.makeTraffic()
                try network.sendMark(size: 77)
                for program in [capture, tcpdump] {
                    _ = try CaptureNetwork.waitForMark(size: 77, in: program)
                }
                for program in [capture, tcpdump] {
                    program.send(SIGINT)
                    let outcome = program.wait()
                    #expect(outcome.status == 0, "\(outcome.errors)")
                }
                let (left, right) = (try between(ours), try between(theirs))
                #expect(left == right)
                #expect(left.count >= (filter.contains("not icmp") ? 2 : 6), "\(left)")
            }
        }
    }

    /// The packets between the marks, in the order of their contents: the kernel shows packets of
    /// two CPUs to two sockets in two orders.
    private func between(_ file: String) throws -> [[String]] {
        let fields = [
            "_ws.col.Info", "frame.len", "sll.pkttype", "sll.ifindex",
            "sll.src.eth",
            "sll.etype", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "_ws.col.Protocol",
        ]
        // tshark names other packets by their numbers, which differ with those before the mark.
        let packets = try CaptureNetwork.list(file, fields).map { fields in
            [fields[0].replacing(#/ \((request|reply) in \d+\)/#, with: "")] + fields.dropFirst()
        }
        let first = try #require(packets.firstIndex { $0[0].contains("Len=55") })
        let last = try #require(packets.firstIndex { $0[0].contains("Len=77") })
        return packets[first...last].map { Array($0) }.sorted { $0.description < $1.description }
    }
}

extension CaptureNetwork {
    /// Some of everything: ARP, ICMP and ICMPv6, UDP answered and refused, TCP answered and refused.
    fileprivate func makeTraffic() throws {
        try there.run("ping", "-c2", "-i0.01", "10.9.0.1")
        try there.run("ping", "-c2", "-i0.01", "-s1800", "fd09::1")
        _ = try? there.run("nc", "-z", "-w1", "10.9.0.1", "81")
        try here.run("ping", "-c1", "127.0.0.1")
        let server = try Program(
            ["ip", "netns", "exec", here.name, SockProgram.path, "listen", "10.9.0.1:82", "--echo"]
        )
        _ = server.errorLine()
        try there.run("sh", "-c", "echo hello | nc -N -w5 10.9.0.1 82")
        _ = server.wait()
    }
}

/// Programs of others that the tests compare with.
enum Tool {
    static func areInstalled(_ names: String...) -> Bool {
        names.allSatisfy { name in
            (try? Program.run(["sh", "-c", "command -v \(name)"]).status) == 0
        }
    }
}
