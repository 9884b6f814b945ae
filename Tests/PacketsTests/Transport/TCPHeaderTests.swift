import Addresses
import Packets
import Testing

@Suite struct TCPHeaderTests {
    private let there = PseudoHeader.v4(
        source: IPv4Address(10, 77, 0, 1),
        destination: IPv4Address(10, 77, 0, 2)
    )

    private func header(_ segment: [UInt8]) throws -> TCPHeader {
        try segment.read { bytes throws(PacketError) in try TCPHeader(parsing: bytes) }
    }

    @Test func readsARealSegmentAndVerifiesIt() throws {
        let segment = Array(SamplePackets.syn[34...])
        let header = try header(segment)
        #expect(header.destinationPort == 8080)
        #expect(header.flags == .syn)
        #expect(header.flags.description == "S")
        #expect(header.window == 64240)
        #expect(header.size == 40)
        #expect(segment.read { header.isChecksumValid(in: $0, pseudoHeader: there) })
        let options = try TCPOptions(parsing: header.options)
        #expect(options.maximumSegmentSize == 1460)
        #expect(options.windowScale == 10)
        #expect(options.isSACKPermitted)
        #expect(options.timestamps?.echo == 0)
        #expect(options.sackBlockCount == 0)
    }

    @Test func isWrittenAsTheKernelWroteIt() throws {
        for frame in [SamplePackets.syn, SamplePackets.segment, SamplePackets.fin] {
            let segment = Array(frame[34...])
            let header = try header(segment)
            var copy = [UInt8](repeating: 0xEE, count: header.size) + segment[header.size...]
            let ends = frame[29] == 1 ? there : there.turned
            _ = try copy.write { bytes throws(PacketError) in
                try header.write(into: &bytes, pseudoHeader: ends)
            }
            #expect(copy == segment)
        }
    }

    @Test func optionsComeBackAsTheyWere() throws {
        var options = TCPOptions()
        options.maximumSegmentSize = 1234
        options.windowScale = 7
        options.timestamps = TCPOptions.Timestamps(value: 0x0102_0304, echo: .max)
        options.append(TCPOptions.SACKBlock(first: 10, end: 20))
        options.append(TCPOptions.SACKBlock(first: .max, end: 5))
        let encoded = try options.encoded()
        #expect(encoded.size.isMultiple(of: 4))
        #expect(try TCPOptions(parsing: encoded) == options)
        options.append(TCPOptions.SACKBlock(first: 30, end: 40))
        #expect(throws: PacketError.self) { try options.encoded() }
    }

    @Test(arguments: [
        ("0101 0102", "options length at byte 4: needs 1 bytes, 0 are there"),
        ("0200 0000", "0, which does not cover"),
        ("0201 0000", "1, which does not cover"),
        ("0203 0500", "MSS at byte 1: 3"),
        ("0304 0000", "window scale at byte 1: 4"),
        ("0403 0000", "SACK permitted at byte 1: 3"),
        ("0509 0000 0000 0000 0000 0000", "SACK at byte 1: 9"),
        ("0809 0000 0000 0000 0000 0000", "timestamps at byte 1: 9"),
        ("08ff 0000", "needs 255 bytes, 4 are there"),
        ("0101 0203", "needs 3 bytes, 2 are there"),
    ])
    func optionsThatLieAreRefused(hex: String, reason: String) throws {
        let options = bytes(hex)
        let fixed = bytes("0001 0002 0000 0000 0000 0000")
        let words = UInt8((20 + options.count) / 4)
        let header = try header(fixed + [words << 4, 0, 0, 0, 0, 0, 0, 0] + options)
        let error = #expect(throws: PacketError.self) { try TCPOptions(parsing: header.options) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func unknownOptionsArePassedOver() throws {
        let options = try bytes("fd04 f989 0101 0204 05b4").read { bytes throws(PacketError) in
            try HeaderOptions(bytes)
        }
        #expect(try TCPOptions(parsing: options).maximumSegmentSize == 1460)
    }

    @Test func aHeaderLengthThatLiesIsRefused() throws {
        var segment = Array(SamplePackets.segment[34...])
        for words in UInt8(0)...15 {
            segment[12] = words << 4
            if words >= 5, Int(words) * 4 <= segment.count {
                #expect(try header(segment).size == Int(words) * 4)
            } else {
                #expect(throws: PacketError.self) { try header(segment) }
            }
        }
    }
}

extension PseudoHeader {
    /// The other way.
    fileprivate var turned: PseudoHeader {
        switch self {
        case .v4(let source, let destination): .v4(source: destination, destination: source)
        case .v6(let source, let destination): .v6(source: destination, destination: source)
        }
    }
}
