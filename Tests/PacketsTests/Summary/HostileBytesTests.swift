import Packets
import SocketsTesting
import Testing

/// No bytes make a reader trap, or look outside of what it was given.
@Suite struct HostileBytesTests {
    /// Reads bytes in every way there is.
    private func readAll(_ packet: [UInt8]) {
        for link in [LinkLayer.ethernet, .cooked, .rawIP] {
            let layers = packet.read { PacketLayers(parsing: $0, link: link) }
            #expect(layers.payload.lowerBound >= 0 && layers.payload.upperBound <= packet.count)
            #expect(!packet.read { PacketSummary(parsing: $0, link: link) }.description.isEmpty)
        }
        packet.read { bytes in
            _ = try? ARPMessage(parsing: bytes)
            _ = try? IPv4Header(parsing: bytes).isChecksumValid(in: bytes)
            _ = try? IPv6Header(parsing: bytes)
            for next in [IPProtocol.hopByHop, .routing, .fragment, .ah, .destinationOptions] {
                let chain = try? IPv6Extensions(parsing: bytes, startingWith: next)
                #expect((chain?.size ?? 0) <= bytes.byteCount)
            }
            let ends = PseudoHeader.v4(source: .any, destination: .any)
            _ = (try? UDPHeader(parsing: bytes))?.isChecksumValid(in: bytes, pseudoHeader: ends)
            if let header = try? TCPHeader(parsing: bytes) {
                _ = try? TCPOptions(parsing: header.options)
            }
            _ = try? ICMPv4Message(parsing: bytes)
            _ = try? ICMPv6Message(parsing: bytes)
            _ = try? QuotedPacket(parsing: bytes)
        }
    }

    @Test func everyTruncationOfRealPackets() {
        for frame in SamplePackets.all {
            for start in [0, 14] {
                for end in start...frame.count { readAll(Array(frame[start..<end])) }
            }
        }
    }

    @Test func truncatedHeadersAreSaidToBeTruncated() {
        for frame in SamplePackets.all {
            let whole = frame.read { PacketLayers(parsing: $0, link: .ethernet) }
            #expect(whole.problem == nil)
            for count in 0..<whole.payload.lowerBound {
                let part = Array(frame[..<count])
                let layers = part.read { PacketLayers(parsing: $0, link: .ethernet) }
                #expect(layers.problem?.isTruncation == true, "\(count) bytes of \(frame)")
            }
        }
    }

    @Test func realPacketsWithAnyByteChanged() {
        for frame in SamplePackets.all {
            for index in 12..<frame.count {
                for value in [UInt8(0), 1, 0x3F, 0x7F, 0x80, 0xFF] {
                    var broken = frame
                    broken[index] = value
                    readAll(broken)
                }
            }
        }
    }

    @Test func randomBytes() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for _ in 0..<6_000 {
            var packet = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Half of them are taken for IP, or they would not get far.
            if packet.count > 14, Bool.random(using: &random) {
                let isNew = Bool.random(using: &random)
                packet[0] = isNew ? 0x60 : 0x45
                (packet[12], packet[13]) = isNew ? (0x86, 0xDD) : (0x08, 0x00)
                packet[14] = isNew ? 0x60 : UInt8.random(in: 0x45...0x4F, using: &random)
            }
            readAll(packet)
        }
    }
}
