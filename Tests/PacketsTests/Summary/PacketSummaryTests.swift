import Packets
import Testing

@Suite struct PacketSummaryTests {
    private func summary(_ frame: [UInt8]) -> String {
        frame.read { PacketSummary(parsing: $0, link: .ethernet) }.description
    }

    @Test func readsLikeTcpdump() {
        #expect(
            summary(SamplePackets.arpRequest) == "ARP, Request who-has 10.77.0.2 tell 10.77.0.1"
        )
        #expect(
            summary(SamplePackets.echoRequest)
                == "IP 10.77.0.1 > 10.77.0.2: ICMP echo request, id 4660, seq 7, length 32"
        )
        #expect(
            summary(SamplePackets.syn)
                == "IP 10.77.0.1.41246 > 10.77.0.2.8080: Flags [S], seq 3903767611, win 64240, "
                + "options [mss 1460,sackOK,TS val 2796009221 ecr 0,wscale 10], length 0"
        )
        #expect(
            summary(SamplePackets.datagram6).hasSuffix("> fd77::2.9999: UDP, length 7")
        )
    }

    @Test(
        .enabled(if: Tool.isInstalled("tcpdump"), "tcpdump is not installed: not compared with it")
    )
    func beginsAsTcpdumpsDoes() throws {
        let file = capture(SamplePackets.all, link: .ethernet)
        let theirs = try Tool.output("tcpdump -r - -n -t 2>/dev/null", input: file)
            .split(separator: "\n")
        #expect(theirs.count == SamplePackets.all.count)
        for (frame, line) in zip(SamplePackets.all, theirs) {
            let ours = summary(frame)
            // Up to what the transports say, which is worded differently; ARP has no such end.
            let end = line.firstRange(of: ": ") ?? line.firstRange(of: ", length")
            let start = line[..<(end?.lowerBound ?? line.endIndex)]
            #expect(ours.hasPrefix(start), "\(ours)\n\(line)")
        }
    }

    @Test func anErrorTellsWhatItIsAbout() {
        #expect(
            summary(SamplePackets.portUnreachable)
                == "IP 10.77.0.2 > 10.77.0.1: ICMP unreachable - port, length 42, "
                + "for 10.77.0.1.50963 > 10.77.0.2.9999: udp"
        )
    }

    @Test func laterFragmentsHaveNoPorts() {
        #expect(summary(SamplePackets.laterFragment).hasSuffix("icmp, fragment, length 128"))
    }

    @Test func whatCannotBeReadIsSaid() {
        #expect(
            summary(Array(SamplePackets.syn[..<40])).contains("[TCP header at byte 34: needs 20")
        )
    }

    @Test func talliesByKind() {
        var tally = ProtocolTally()
        for frame in SamplePackets.all {
            tally.add(frame.read { PacketLayers(parsing: $0, link: .ethernet) }, size: frame.count)
        }
        tally.add([1].read { PacketLayers(parsing: $0, link: .ethernet) }, size: 1)
        #expect(tally[.arp].packetCount == 2)
        #expect(tally[.tcp].packetCount == 4)
        #expect(tally[.udp].packetCount == 2)
        #expect(tally[.icmp].packetCount == 3)
        #expect(tally[.icmpv6].packetCount == 5)
        #expect(tally[.fragment].packetCount == 1)
        #expect(tally[.unreadable] == ProtocolTally.Count(packetCount: 1, byteCount: 1))
        let sum = ProtocolTally.Kind.allCases.map { tally[$0].byteCount }.reduce(0, +)
        #expect(sum == SamplePackets.all.map(\.count).reduce(1, +))
        let lines = tally.description.split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines.first?.hasPrefix("ICMPv6: 5 packets, ") == true)
        #expect(lines.last == "unreadable: 1 packets, 1 bytes")
    }

    @Test func ofASnappedPacketTheLengthIsThatOnTheWire() {
        for frame in [SamplePackets.segment, SamplePackets.datagram, SamplePackets.echoRequest6] {
            let whole = frame.read { PacketLayers(parsing: $0, link: .ethernet) }
            let kept = Array(frame.prefix(whole.payload.lowerBound + 1))
            let layers = kept.read {
                PacketLayers(parsing: $0, link: .ethernet, size: frame.count)
            }
            #expect(layers.payload.count == 1)
            #expect(layers.payloadSize == whole.payload.count)
            #expect(layers.payloadSize == whole.payloadSize)
            #expect("\(PacketSummary(layers))" == "\(PacketSummary(whole))")
            // A header that claims more than there was is not believed.
            let alone = kept.read { PacketLayers(parsing: $0, link: .ethernet) }
            #expect(alone.payloadSize == 1)
        }
    }

    @Test func aPacketIsReadFromItsNetworkHeaderOn() {
        let packet = Array(SamplePackets.syn.dropFirst(EthernetHeader.fixedSize))
        let layers = packet.read { PacketLayers(parsing: $0, network: .ipv4) }
        #expect("\(PacketSummary(layers))" == summary(SamplePackets.syn))
    }
}
