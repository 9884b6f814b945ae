import Addresses
import Packets
import Testing

@Suite struct IPv4HeaderTests {
    @Test func readsARealHeader() throws {
        let packet = Array(SamplePackets.echoRequest.dropFirst(14))
        let header = try packet.read { bytes throws(PacketError) in
            try IPv4Header(parsing: bytes)
        }
        #expect(header.source == IPv4Address(10, 77, 0, 1))
        #expect(header.destination == IPv4Address(10, 77, 0, 2))
        #expect(header.totalLength == 52)
        #expect(header.payloadProtocol == .icmp)
        #expect(header.isDontFragment)
        #expect(!header.isFragment)
        #expect(header.timeToLive == 64)
        #expect(header.payloadRange(in: packet.count) == 20..<52)
        #expect(packet.read { header.isChecksumValid(in: $0) })
    }

    @Test func everyBitOfARealHeaderIsUnderItsChecksum() throws {
        let packet = Array(SamplePackets.echoRequest.dropFirst(14))
        for bit in 32..<160 {  // not version and lengths: they decide what is summed
            var broken = packet
            broken[bit / 8] ^= 1 << UInt8(bit % 8)
            let header = try broken.read { bytes throws(PacketError) in
                try IPv4Header(parsing: bytes)
            }
            #expect(!broken.read { header.isChecksumValid(in: $0) }, "bit \(bit)")
        }
    }

    @Test func isWrittenAsItWasRead() throws {
        for frame in [SamplePackets.echoRequest, SamplePackets.laterFragment, SamplePackets.syn] {
            let packet = Array(frame[14..<34])
            let header = try packet.read { bytes throws(PacketError) in
                try IPv4Header(parsing: bytes)
            }
            var copy = [UInt8](repeating: 0xEE, count: 20)
            let size = try copy.write { bytes throws(PacketError) in try header.write(into: &bytes)
            }
            #expect(size == 20)
            #expect(copy == packet)
        }
    }

    @Test func optionsAreKeptAndWrittenInWholeWords() throws {
        let routerAlert = try [148, 4, 0, 0, 1].read { bytes throws(PacketError) in
            try HeaderOptions(bytes)
        }
        let header = try IPv4Header(
            source: .loopback,
            destination: .broadcast,
            payloadProtocol: .igmp,
            payloadSize: 8,
            options: routerAlert
        )
        #expect(header.size == 28)
        var packet = [UInt8](repeating: 0xEE, count: 36)
        _ = try packet.write { bytes throws(PacketError) in try header.write(into: &bytes) }
        #expect(packet[20..<28] == [148, 4, 0, 0, 1, 0, 0, 0])
        let again = try packet.read { bytes throws(PacketError) in try IPv4Header(parsing: bytes) }
        #expect(again.options == routerAlert)
        #expect(packet.read { again.isChecksumValid(in: $0) })
        var offset = 0
        #expect(try again.options.next(after: &offset)?.kind == 148)
        #expect(try again.options.next(after: &offset) == nil)
    }

    @Test func lengthsThatLieNeverReachOutside() throws {
        var packet = Array(SamplePackets.echoRequest.dropFirst(14))
        for length in [UInt16(20), 21, 52, 53, 1000, .max, 0] {
            packet[2] = UInt8(length >> 8)
            packet[3] = UInt8(truncatingIfNeeded: length)
            let header = try packet.read { bytes throws(PacketError) in
                try IPv4Header(parsing: bytes)
            }
            for count in 0...packet.count {
                let range = header.payloadRange(in: count)
                #expect(range.lowerBound >= 0 && range.upperBound <= count)
            }
        }
    }

    @Test(arguments: [
        ("45", "needs 20 bytes, 1 are there"),
        ("65" + String(repeating: "00", count: 19), "version at byte 0: 6, which is not 4"),
        ("44" + String(repeating: "00", count: 19), "header length at byte 0: 4, which is below"),
        ("4f000040" + String(repeating: "00", count: 16), "options at byte 0: needs 60 bytes"),
        ("45000013" + String(repeating: "00", count: 16), "total length at byte 2: 19, which"),
    ])
    func saysWhatIsWrongAndWhere(hex: String, reason: String) {
        let error = #expect(throws: PacketError.self) {
            try bytes(hex).read { bytes throws(PacketError) in try IPv4Header(parsing: bytes) }
        }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func aPayloadTooLargeForTheFieldIsRefused() throws {
        #expect(throws: PacketError.self) {
            try IPv4Header(
                source: .any,
                destination: .any,
                payloadProtocol: .udp,
                payloadSize: 65_516
            )
        }
    }

    @Test func aBufferTooSmallIsRefused() throws {
        let header = try IPv4Header(
            source: .any,
            destination: .any,
            payloadProtocol: .udp,
            payloadSize: 0
        )
        var small = [UInt8](repeating: 0, count: 19)
        #expect(throws: PacketError.self) {
            try small.write { bytes throws(PacketError) in try header.write(into: &bytes) }
        }
    }
}
