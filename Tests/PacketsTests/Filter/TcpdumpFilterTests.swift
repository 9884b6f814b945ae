import Packets
import SocketsTesting
import Testing

/// The same filters on the same packets by tcpdump.
@Suite(
    .enabled(
        if: Tool.isInstalled("tcpdump"),
        "tcpdump is not installed: filters are not compared with it"
    )
)
struct TcpdumpFilterTests {
    /// The numbers of the packets in a capture that tcpdump selects, from 1 on.
    private func selected(_ file: [UInt8], _ filter: String) throws -> [Int] {
        let text: String
        do {
            text = try Tool.output("tcpdump -r - -n -q -tt '\(filter)'", input: file)
        } catch let error as Tool.Failure where error.output.contains("rejects all packets") {
            return []  // it has looked through a filter that nothing can pass
        }
        // The time of each packet is its number; other lines begin with a space or a word.
        return text.split(separator: "\n").compactMap { line in
            line.split(separator: ".").first.flatMap { Int($0) }
        }
    }

    private static let written = [
        "tcp port 8080", "not arp", "host 10.77.0.1 and not port 9999", "net 10.77",
        "icmp or icmp6",
        "port 8080 or 9999", "src 10.77.0.1", "dst net 10.77.0.0/24 or ip6", "tcp or udp and ip6",
        "udp or tcp and ip6", "not (tcp or arp) and ip", "host 10.77.0.2 or fd77::2", "less 80",
        "greater 81", "ip proto 1", "proto 17", "ip6 and not host fd77::1", "portrange 8000-9999",
        "host (10.77.0.1 or 10.77.0.9)", "port (80 or 9999)", "ether proto \\arp",
        "tcp src port 8080",
        "src host 10.77.0.1 and dst port 8080 or 9999", "not host 10.77.0.1 and 10.77.0.2",
        "src or dst port 8080", "src and dst net 10.0.0.0/8", "",
    ]

    @Test(arguments: written)
    func writtenFiltersSelectTheSameRealPackets(text: String) throws {
        let file = capture(SamplePackets.all, link: .ethernet)
        let program = try CaptureFilter(text).program(for: .ethernet)
        let ours = SamplePackets.all.indices.filter { index in
            SamplePackets.all[index].read { program.run(on: $0) } != 0
        }
        #expect(try selected(file, text) == ours.map { $0 + 1 }, "\(text)")
    }

    @Test func randomFiltersSelectTheSameRandomPackets() throws {
        let seed = SeededRandom(seed: SeededRandom.testSeed)
        var filters = RandomFilters(random: seed)
        var packets = RandomPackets(random: seed)
        let frames = (0..<300).map { _ in packets.next() }
        let file = capture(frames, link: .ethernet)
        for _ in 0..<60 {
            let text = filters.next()
            let program = try CaptureFilter(text).program(for: .ethernet)
            let ours = frames.indices.filter { index in
                frames[index].read { program.run(on: $0) } != 0
            }
            #expect(try selected(file, text) == ours.map { $0 + 1 }, "\(text)")
        }
    }

    @Test func cookedCapturesToo() throws {
        let seed = SeededRandom(seed: SeededRandom.testSeed)
        var filters = RandomFilters(random: seed, hasSizes: false)
        var packets = RandomPackets(random: seed)
        let frames = (0..<300).map { _ in packets.next() }
        let file = capture(frames.map(cooked), link: .cooked)
        for _ in 0..<30 {
            let text = filters.next()
            let program = try CaptureFilter(text).program(for: .datagram)
            let ours = frames.indices.filter { index in
                let type = EtherType(
                    rawValue: UInt16(frames[index][12]) << 8 | UInt16(frames[index][13])
                )
                let metadata = BPFMetadata(linkProtocol: type)
                return Array(frames[index][14...]).read { program.run(on: $0, metadata: metadata) }
                    != 0
            }
            #expect(try selected(file, text) == ours.map { $0 + 1 }, "\(text)")
        }
    }
}
