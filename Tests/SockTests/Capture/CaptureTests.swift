import Foundation
import Packets
import Sockets
import TestSupport
import Testing

@Suite(.enabled(if: NetworkNamespace.areAvailable, Comment(rawValue: NetworkNamespace.reason)))
struct CaptureTests {
    @Test func aPacketIsALineWithTimeInterfaceAndDirection() async throws {
        try await CaptureNetwork.run { network in
            let capture = try network.capture("icmp", "--count", "2")
            try network.there.run("ping", "-c1", "10.9.0.1")
            let outcome = capture.wait()
            #expect(outcome.status == 0)
            let lines = outcome.text.split(separator: "\n")
            try #require(lines.count == 2)
            let time = #/\d\d:\d\d:\d\d\.\d{6} /#
            #expect(lines[0].prefixMatch(of: time) != nil)
            #expect(lines[0].contains(" eth0  In  IP 10.9.0.2 > 10.9.0.1: ICMP echo request, id "))
            #expect(lines[0].hasSuffix(", seq 1, length 64"))
            #expect(lines[1].contains(" eth0  Out IP 10.9.0.1 > 10.9.0.2: ICMP echo reply, id "))
            #expect(outcome.errors.hasPrefix("\n2 packets, 168 bytes in "))
            #expect(outcome.errors.contains("\n  ICMP  2 packets  168 bytes\n"))
            #expect(outcome.errors.contains("\n0 dropped by the kernel\n"))
        }
    }

    @Test func interruptionEndsItWithTheSummaryAndAWholeFile() async throws {
        for signal in [SIGINT, SIGTERM] {
            try await CaptureNetwork.run { network in
                try withFolder { folder in
                    let file = "\(folder)/x.pcapng"
                    let capture = try network.capture("-i", "eth0", "-o", file, "udp port 9")
                    try network.sendMark(size: 7)
                    _ = try CaptureNetwork.waitForMark(size: 7, in: capture)
                    capture.send(signal)
                    let outcome = capture.wait()
                    #expect(outcome.status == 0)
                    #expect(outcome.errors.contains("1 packet, 35 bytes in "))
                    #expect(outcome.errors.hasSuffix("1 packet written to \(file)\n"))
                    let blocks = try Self.blocks(of: file)
                    guard case .section(let application)? = blocks.first else {
                        Issue.record("no section: \(blocks)")
                        return
                    }
                    #expect(application?.hasPrefix("sock ") == true)
                    #expect(
                        blocks.contains { block in
                            guard case .interface(let interface) = block else { return false }
                            return interface.name == "eth0" && interface.link == .cooked
                                && interface.filter == "udp port 9"
                        }
                    )
                    guard case .statistics(let statistics)? = blocks.last else {
                        Issue.record("no statistics: \(blocks)")
                        return
                    }
                    #expect(statistics.receivedCount == 1)
                    #expect(statistics.droppedCount == 0)
                    let permissions = try FileManager.default.attributesOfItem(atPath: file)
                    #expect(permissions[.posixPermissions] as? Int == 0o600)
                }
            }
        }
    }

    @Test func theFileNamesTheInterfaceOfEachPacket() async throws {
        try await CaptureNetwork.run { network in
            try withFolder { folder in
                let file = "\(folder)/x.pcapng"
                let capture = try network.capture("-o", file, "icmp", "--count", "4")
                try network.here.run("ping", "-c1", "127.0.0.1")
                try network.there.run("ping", "-c1", "10.9.0.1")
                #expect(capture.wait().status == 0)
                let names = try CaptureNetwork.list(file, ["frame.interface_name"])
                // What goes over loopback is seen once.
                #expect(names == [["lo"], ["lo"], ["eth0"], ["eth0"]])
            }
        }
    }

    @Test func theFileGoesToTheStandardOutputWhenAsked() async throws {
        try await CaptureNetwork.run { network in
            let capture = try network.capture("-o", "-", "icmp", "--count", "2")
            try network.there.run("ping", "-c1", "10.9.0.1")
            let outcome = capture.wait()
            #expect(outcome.status == 0)
            let packets = try Self.blocks([UInt8](outcome.output)).filter {
                if case .packet = $0 { true } else { false }
            }
            #expect(packets.count == 2)
            #expect(outcome.errors.contains("2 packets written to the standard output\n"))
        }
    }

    @Test func aVLANTagIsShownAndWritten() async throws {
        try await CaptureNetwork.run { network in
            try withFolder { folder in
                let file = "\(folder)/x.pcapng"
                let capture = try network.capture(
                    "-i",
                    "eth0",
                    "-o",
                    file,
                    "vlan 7 and icmp",
                    "--count",
                    "1"
                )
                try network.there.send(
                    frame: NetworkNamespace.taggedEchoRequest,
                    by: "eth0"
                )
                let outcome = capture.wait()
                #expect(outcome.status == 0)
                let lines = outcome.text.split(separator: "\n")
                #expect(lines.first?.contains("B   vlan 7, IP 10.9.0.2 > 10.9.0.1: ICMP") == true)
                let packets = try CaptureNetwork.list(file, ["vlan.id", "icmp.type"])
                #expect(packets == [["7", "8"]])
            }
        }
    }

    @Test func aSnappedPacketIsShownWithItsRealLength() async throws {
        try await CaptureNetwork.run { network in
            try withFolder { folder in
                let file = "\(folder)/x.pcapng"
                let capture = try network.capture(
                    "-o",
                    file,
                    "--snap",
                    "40",
                    "-v",
                    "icmp",
                    "--count",
                    "1"
                )
                try network.there.run("ping", "-c1", "-s", "1000", "10.9.0.1")
                let outcome = capture.wait()
                let lines = outcome.text.split(separator: "\n")
                try #require(lines.count == 2)
                #expect(lines[0].hasSuffix("seq 1, length 1008"))
                #expect(lines[1].hasPrefix("    from "))
                #expect(lines[1].hasSuffix(", DF, 1028 bytes, 40 kept"))
                let sizes = try CaptureNetwork.list(file, ["frame.len", "frame.cap_len"])
                #expect(sizes == [["1048", "60"]])
            }
        }
    }

    @Test func jsonIsOneObjectAPacket() async throws {
        try await CaptureNetwork.run { network in
            let capture = try network.capture("--json", "udp port 9", "--count", "1")
            try network.sendMark(size: 7)
            let outcome = capture.wait()
            let packet = try #require(
                JSONSerialization.jsonObject(with: outcome.output) as? [String: Any]
            )
            #expect(packet["interface"] as? String == "eth0")
            #expect(packet["direction"] as? String == "in")
            #expect(packet["protocol"] as? String == "UDP")
            #expect(packet["source"] as? String == "10.9.0.2")
            #expect(packet["destination_port"] as? Int == 9)
            #expect(packet["size"] as? Int == 35)
            let time = try #require(packet["time_ns"] as? Int)
            #expect(abs(Double(time) / 1e9 - Date().timeIntervalSince1970) < 60)
            let events = try outcome.errors.split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            #expect(events.count == 2)
            #expect(events.last??["event"] as? String == "captured")
            #expect(events.last??["packet_count"] as? Int == 1)
        }
    }

    @Test func itEndsAfterItsSeconds() async throws {
        try await CaptureNetwork.run { network in
            let outcome = try network.capture("udp port 9", "--seconds", "0.1").wait()
            #expect(outcome.status == 0)
            #expect(outcome.errors.hasPrefix("\n0 packets, 0 bytes in 0."))
        }
    }

    @Test func noThreadKeepsAPrivilege() async throws {
        try await CaptureNetwork.run { network in
            let capture = try network.capture("udp port 9")
            let folder = "/proc/\(capture.processIdentifier)/task"
            let threads = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(threads.count > 1)
            for thread in threads {
                let status = try String(
                    contentsOfFile: "\(folder)/\(thread)/status",
                    encoding: .utf8
                )
                for set in ["CapEff", "CapPrm"] {
                    #expect(status.contains("\(set):\t0000000000000000\n"), "\(thread): \(status)")
                }
            }
            capture.send(SIGINT)
            #expect(capture.wait().status == 0)
        }
    }

    @Test func aReaderThatGoesAwayEndsItQuietly() async throws {
        try await CaptureNetwork.run { network in
            let shell = try network.start(
                ["sh", "-c", "\(SockProgram.path) capture udp port 9 | head -n1"]
            )
            _ = shell.errorLine()
            try network.sendMark(size: 1)
            _ = try CaptureNetwork.waitForMark(size: 1, in: shell)
            // Whoever writes to a pipe without a reader is told at the next line.
            try network.sendMark(size: 2)
            #expect(!shell.wait().errors.contains("sock:"))
        }
    }

    static func blocks(of file: String) throws -> [PcapngBlock] {
        try blocks([UInt8](Data(contentsOf: URL(fileURLWithPath: file))))
    }

    /// Every block of a file, which must be whole.
    static func blocks(_ bytes: [UInt8]) throws -> [PcapngBlock] {
        var reader = PcapngReader()
        var blocks: [PcapngBlock] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest)
            guard case .block(let block, let size) = try unsafe reader.next(in: part.span.bytes)
            else {
                Issue.record("cut off after \(blocks.count) blocks")
                return blocks
            }
            blocks.append(block)
            rest = rest.dropFirst(size)
        }
        return blocks
    }
}
