import Addresses
import Packets
import Testing

@Suite struct UDPHeaderTests {
    private let ends = PseudoHeader.v4(
        source: IPv4Address(10, 77, 0, 1),
        destination: IPv4Address(10, 77, 0, 2)
    )

    @Test func readsARealDatagramAndVerifiesIt() throws {
        let datagram = Array(SamplePackets.datagram[34...])
        let header = try datagram.read { bytes throws(PacketError) in
            try UDPHeader(parsing: bytes)
        }
        #expect(header.destinationPort == 9999)
        #expect(header.length == 14)
        #expect(datagram[header.payloadRange(in: datagram.count)] == Array("hello\n".utf8)[...])
        #expect(datagram.read { header.isChecksumValid(in: $0, pseudoHeader: ends) })
        for index in datagram.indices where index != 4 && index != 5 {
            var broken = datagram
            broken[index] ^= 0x10
            let other = try broken.read { bytes throws(PacketError) in
                try UDPHeader(parsing: bytes)
            }
            #expect(!broken.read { other.isChecksumValid(in: $0, pseudoHeader: ends) })
        }
    }

    @Test func overIPv6Too() throws {
        let datagram = Array(SamplePackets.datagram6[54...])
        let header = try datagram.read { bytes throws(PacketError) in
            try UDPHeader(parsing: bytes)
        }
        let ends = PseudoHeader.v6(
            source: try IPv6Address("fd77::1"),
            destination: try IPv6Address("fd77::2")
        )
        #expect(datagram.read { header.isChecksumValid(in: $0, pseudoHeader: ends) })
        #expect(try written(Array("hello6\n".utf8), header, ends) == datagram)
    }

    @Test func isWrittenAsTheKernelWroteIt() throws {
        let datagram = Array(SamplePackets.datagram[34...])
        let header = try datagram.read { bytes throws(PacketError) in
            try UDPHeader(parsing: bytes)
        }
        #expect(try written(Array("hello\n".utf8), header, ends) == datagram)
    }

    private func written(
        _ payload: [UInt8],
        _ header: UDPHeader,
        _ ends: PseudoHeader
    ) throws -> [UInt8] {
        var copy = [UInt8](repeating: 0xEE, count: UDPHeader.size) + payload
        _ = try copy.write { bytes throws(PacketError) in
            try header.write(into: &bytes, pseudoHeader: ends)
        }
        return copy
    }

    @Test func aChecksumOfZeroIsSentAsOnes() throws {
        let ends = PseudoHeader.v4(source: .any, destination: .any)
        // Found by trying: the last two bytes make the sum 0xFFFF.
        let header = try UDPHeader(sourcePort: 0, destinationPort: 0, payloadSize: 2)
        let rest = UInt16(0xFFFF - 17 - 10 - 10)
        let payload = [UInt8(rest >> 8), UInt8(truncatingIfNeeded: rest)]
        #expect(try written(payload, header, ends)[6..<8] == [0xFF, 0xFF])
    }

    @Test func noChecksumIsRightOverIPv4Only() throws {
        let datagram = bytes("0035 0035 0008 0000")
        let header = try datagram.read { bytes throws(PacketError) in
            try UDPHeader(parsing: bytes)
        }
        #expect(datagram.read { header.isChecksumValid(in: $0, pseudoHeader: ends) })
        let other = PseudoHeader.v6(source: .any, destination: .any)
        #expect(!datagram.read { header.isChecksumValid(in: $0, pseudoHeader: other) })
    }

    @Test func lengthsThatLieNeverReachOutside() throws {
        var datagram = Array(SamplePackets.datagram[34...])
        for length in 0...200 {
            datagram[5] = UInt8(length)
            let header = datagram.read { bytes in try? UDPHeader(parsing: bytes) }
            guard let header else {
                #expect((1..<8).contains(length))
                continue
            }
            for count in 0...datagram.count {
                let range = header.payloadRange(in: count)
                #expect(range.lowerBound >= 0 && range.upperBound <= count)
            }
            let isRight = datagram.read { header.isChecksumValid(in: $0, pseudoHeader: ends) }
            #expect(isRight == (length == datagram.count), "length \(length)")
        }
    }
}
