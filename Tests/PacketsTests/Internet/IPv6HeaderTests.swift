import Addresses
import Packets
import Testing

@Suite struct IPv6HeaderTests {
    @Test func readsAndWritesARealHeader() throws {
        let packet = Array(SamplePackets.datagram6.dropFirst(14))
        let header = try packet.read { bytes throws(PacketError) in
            try IPv6Header(parsing: bytes)
        }
        #expect(header.source == (try IPv6Address("fd77::1")))
        #expect(header.destination == (try IPv6Address("fd77::2")))
        #expect(header.nextHeader == .udp)
        #expect(header.hopLimit == 64)
        #expect(Int(header.payloadLength) == packet.count - 40)
        #expect(header.payloadRange(in: packet.count) == 40..<packet.count)
        var copy = [UInt8](repeating: 0xEE, count: 40)
        _ = try copy.write { bytes throws(PacketError) in try header.write(into: &bytes) }
        #expect(copy == Array(packet[..<40]))
    }

    @Test func walksToTheTransport() throws {
        // Hop-by-hop (8), routing (16), first fragment (8), destination options (8), AH (16), UDP.
        let chain = bytes(
            """
            2b00 0104 0000 0000
            2c01 0000 0000 0000 0000 0000 0000 0000
            3c00 0001 0000 0007
            3300 0104 0000 0000
            1102 0000 0000 0001 0000 0001 dead beef
            0035 0035 0008 0000
            """
        )
        let walked = try chain.read { bytes throws(PacketError) in
            try IPv6Extensions(parsing: bytes, startingWith: .hopByHop)
        }
        #expect(walked.payloadProtocol == .udp)
        #expect(walked.size == 56)
        #expect(walked.count == 5)
        #expect(walked.fragment?.offset == 0)
        #expect(walked.fragment?.hasMoreFragments == true)
        #expect(walked.fragment?.identification == 7)
    }

    @Test func theMiddleOfAPacketIsNotWalked() throws {
        let walked = try bytes("3c00 0008 0000 0007 ffff ffff ffff ffff").read {
            bytes throws(PacketError) in
            try IPv6Extensions(parsing: bytes, startingWith: .fragment)
        }
        #expect(walked.payloadProtocol == .destinationOptions)
        #expect(walked.size == 8)
        #expect(walked.fragment?.offset == 1)
    }

    @Test func aChainWithoutEndIsCutOff() throws {
        let loop = [UInt8](repeating: 0, count: 4096)  // hop-by-hop after hop-by-hop
        let error = #expect(throws: PacketError.self) {
            try loop.read { bytes throws(PacketError) in
                try IPv6Extensions(parsing: bytes, startingWith: .hopByHop)
            }
        }
        #expect(error?.offset == 8 * IPv6Extensions.countLimit)
    }

    @Test func everyTruncationOfAChainIsSaidSo() throws {
        let chain = bytes("2b00 0104 0000 0000 1101 0000 0000 0000 0000 0000 0000 0000")
        for count in 0..<chain.count {
            let error = #expect(throws: PacketError.self) {
                try Array(chain[..<count]).read { bytes throws(PacketError) in
                    try IPv6Extensions(parsing: bytes, startingWith: .hopByHop)
                }
            }
            #expect(error?.isTruncation == true)
        }
    }

    @Test func lengthsThatLieNeverReachOutside() throws {
        var packet = Array(SamplePackets.datagram6.dropFirst(14))
        for length in [UInt16(0), 1, 15, 16, 1000, .max] {
            packet[4] = UInt8(length >> 8)
            packet[5] = UInt8(truncatingIfNeeded: length)
            let header = try packet.read { bytes throws(PacketError) in
                try IPv6Header(parsing: bytes)
            }
            for count in 0...packet.count {
                let range = header.payloadRange(in: count)
                #expect(range.lowerBound >= 0 && range.upperBound <= count)
            }
        }
    }
}
