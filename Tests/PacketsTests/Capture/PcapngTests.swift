import Packets
import SocketsTesting
import Testing

@Suite struct PcapngTests {
    /// One of each block, written.
    private let file: [UInt8] = {
        var file: [UInt8] = []
        var writer = PcapngWriter(application: "sw", to: &file)
        let interface = PcapngInterface(
            name: "eth0",
            link: .ethernet,
            snapSize: 0x4_0000,
            filter: "tcp"
        )
        let number = writer.add(interface, to: &file)
        let packet = PcapngPacket(
            interface: number,
            time: 0x0102_0304_0506_0708,
            originalSize: 60,
            direction: .outbound,
            dropCount: 5
        )
        [0xAA, 0xBB, 0xCC, 0xDD, 0xEE].read { writer.add(packet, data: $0, to: &file) }
        let statistics = PcapngStatistics(
            interface: number,
            time: 9,
            receivedCount: 7,
            droppedCount: 5
        )
        writer.add(statistics, to: &file)
        return file
    }()

    @Test func everyByteIsWhereTheFormatPutsIt() {
        let expected = bytes(
            """
            0a0d0d0a 28000000 4d3c2b1a 0100 0000 ffffffffffffffff
              0400 0200 73770000 0000 0000 28000000
            01000000 30000000 0100 0000 00000400 0200 0400 65746830
              0900 0100 09000000 0b00 0400 00746370 0000 0000 30000000
            06000000 40000000 00000000 04030201 08070605 05000000 3c000000 aabbccddee 000000
              0200 0400 02000000 0400 0800 0500000000000000 0000 0000 40000000
            05000000 34000000 00000000 00000000 09000000
              0400 0800 0700000000000000 0500 0800 0500000000000000 0000 0000 34000000
            """
        )
        #expect(file == expected)
    }

    /// All blocks of a file.
    private func blocks(_ file: [UInt8]) throws -> [PcapngBlock] {
        var reader = PcapngReader()
        var blocks: [PcapngBlock] = []
        var start = 0
        while start < file.count {
            let step = try Array(file[start...]).read { bytes throws(PacketError) in
                try reader.next(in: bytes)
            }
            guard case .block(let block, let size) = step else {
                throw Incomplete(step: step)
            }
            blocks.append(block)
            start += size
        }
        #expect(reader.offset == start)
        return blocks
    }

    private struct Incomplete: Error { let step: PcapngReader.Step }

    private let packet = PcapngPacket(
        interface: 0,
        time: 0x0102_0304_0506_0708,
        originalSize: 60,
        direction: .outbound,
        dropCount: 5
    )

    @Test func isReadAsItWasWritten() throws {
        let interface = PcapngInterface(
            name: "eth0",
            link: .ethernet,
            snapSize: 0x4_0000,
            filter: "tcp"
        )
        let statistics = PcapngStatistics(
            interface: 0,
            time: 9,
            receivedCount: 7,
            droppedCount: 5
        )
        #expect(
            try blocks(file) == [
                .section(application: "sw"), .interface(interface),
                .packet(packet, data: 28..<33), .statistics(statistics),
            ]
        )
    }

    @Test func theOtherByteOrderIsReadToo() throws {
        let big = bytes(
            """
            0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c
            00000001 00000020 0001 0000 00040000 0009 0001 06000000 0000 0000 00000020
            00000006 00000024 00000000 00000000 0000000a 00000001 00000001 ff000000 00000024
            """
        )
        let all = try blocks(big)
        #expect(all.first == .section(application: nil))
        guard case .packet(let packet, let data) = all.last else {
            Issue.record("\(all)")
            return
        }
        #expect(packet.time == 10_000)  // 10 µs
        #expect(data == 28..<29)
    }

    @Test func everyCutIsMoreToCome() throws {
        for count in 0..<file.count {
            var reader = PcapngReader()
            var start = 0
            var last: PcapngReader.Step?
            while true {
                let part = Array(file[start..<count])
                let step = try part.read { bytes throws(PacketError) in try reader.next(in: bytes) }
                last = step
                guard case .block(_, let size) = step else { break }
                start += size
            }
            guard case .needMore(let size) = last else {
                Issue.record("\(count) bytes: \(String(describing: last))")
                continue
            }
            #expect(size > count - start)
            #expect(start + size <= file.count || count - start < 12)
        }
    }

    @Test func brokenFilesNeverReachOutside() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for _ in 0..<20_000 {
            var broken = file
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<broken.count, using: &random)
                broken[index] =
                    Bool.random(using: &random) ? 0xFF : .random(in: 0...255, using: &random)
            }
            var reader = PcapngReader()
            var start = 0
            while start <= broken.count {
                let part = Array(broken[start...])
                guard case .block(let block, let size)? = part.read({ try? reader.next(in: $0) })
                else { break }
                #expect(size >= 12 && size <= part.count)
                if case .packet(_, let data) = block {
                    #expect(data.lowerBound >= 8 && data.upperBound <= size)
                }
                start += size
            }
        }
    }

    @Test(arguments: [
        ("0b0d0d0a 1c000000 4d3c2b1a", 0, "starts no pcapng"),
        ("0a0d0d0a 1c000000 4d3c2b1b", 8, "is not 0x1A2B3C4D"),
        ("0a0d0d0a 1b000000 4d3c2b1a", 4, "27, which is no block's"),
        ("0a0d0d0a 00000000 4d3c2b1a", 4, "0, which is no block's"),
        ("0a0d0d0a fcffffff 4d3c2b1a", 4, "is over the limit"),
        ("0a0d0d0a 1c000000 4d3c2b1a 02000000 ffffffffffffffff 1c000000", 12, "2, which is not 1"),
        ("0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1d000000", 24, "is not the first"),
        ("0a0d0d0a 0c000000 0c000000", 8, "is not 0x1A2B3C4D"),
    ])
    func saysWhatIsWrongAndWhere(hex: String, offset: Int, reason: String) {
        var reader = PcapngReader()
        let error = #expect(throws: PacketError.self) {
            try bytes(hex).read { bytes throws(PacketError) in try reader.next(in: bytes) }
        }
        #expect(error?.offset == offset)
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func anErrorCountsFromTheStartOfTheFile() {
        // A packet of an interface that was not described.
        let first = Array(file[..<40])
        let broken = first + file[88...]
        var reader = PcapngReader()
        #expect(throws: Never.self) {
            try first.read { bytes throws(PacketError) in try reader.next(in: bytes) }
        }
        let error = #expect(throws: PacketError.self) {
            try Array(broken[40...]).read { bytes throws(PacketError) in
                try reader.next(in: bytes)
            }
        }
        #expect(error?.offset == 48)
        #expect(error?.field == "interface")
    }

    @Test(.enabled(if: Tool.isInstalled("tshark"), "tshark is not installed: it reads no capture"))
    func wiresharkReadsAllOfIt() throws {
        let fields = "-e frame.number -e frame.len -e frame.cap_len -e frame.interface_name"
        let text = try Tool.output(
            "tshark -r - -T fields \(fields) -e frame.packet_flags_direction 2>/dev/null",
            input: file
        )
        #expect(text == "1\t60\t5\teth0\t0x00000002\n" || text == "1\t60\t5\teth0\t2\n", "\(text)")
    }

    @Test(.enabled(if: Tool.isInstalled("tshark"), "tshark is not installed: it reads no capture"))
    func wiresharkSeesTheSamePackets() throws {
        for link in [LinkLayer.ethernet, .cooked] {
            let packets = SamplePackets.all.map { link == .ethernet ? $0 : cooked($0) }
            let text = try Tool.output(
                "tshark -n -r - -T fields -e frame.time_epoch -e frame.len -e frame.protocols"
                    + " 2>/dev/null",
                input: capture(packets, link: link)
            )
            let lines = text.split(separator: "\n").map { $0.split(separator: "\t") }
            #expect(lines.count == packets.count)
            for (index, line) in lines.enumerated() {
                #expect(line[0] == "\(index + 1).000000000")
                #expect(line[1] == "\(packets[index].count)")
                #expect(line[2].hasPrefix(link == .ethernet ? "eth:ethertype:" : "sll:ethertype:"))
            }
        }
    }
}
