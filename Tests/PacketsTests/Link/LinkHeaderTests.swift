import Addresses
import Packets
import Testing

@Suite struct LinkHeaderTests {
    @Test func readsAndWritesARealFrame() throws {
        let frame = SamplePackets.arpReply
        let header = try frame.read { bytes throws(PacketError) in
            try EthernetHeader(parsing: bytes)
        }
        #expect(header.type == .arp)
        #expect(header.size == 14)
        #expect(header.source.description == "d2:5d:ff:d8:ba:39")
        let message = try Array(frame[14...]).read { bytes throws(PacketError) in
            try ARPMessage(parsing: bytes)
        }
        #expect(message.operation == .reply)
        #expect(message.sender == IPv4Address(10, 77, 0, 2))
        #expect(message.senderHardware == header.source)
        #expect(message.targetHardware == header.destination)
        var copy = [UInt8](repeating: 0xEE, count: 42)
        _ = try copy.write { bytes throws(PacketError) in try header.write(into: &bytes) }
        var body = Array(copy[14...])
        _ = try body.write { bytes throws(PacketError) in try message.write(into: &bytes) }
        #expect(Array(copy[..<14]) + body == frame)
    }

    @Test func tagsAreReadAndWritten() throws {
        let inner = EthernetHeader.VLANTag(control: 0x2064)
        let outer = EthernetHeader.VLANTag(type: .serviceVLAN, control: 5)
        for (tag, innerTag) in [(inner, nil), (outer, inner)] {
            let header = EthernetHeader(
                destination: .broadcast,
                source: MACAddress(bits: 0x0200_5E10_0001),
                type: .ipv6,
                tag: tag,
                innerTag: innerTag
            )
            var frame = [UInt8](repeating: 0xEE, count: header.size)
            _ = try frame.write { bytes throws(PacketError) in try header.write(into: &bytes) }
            #expect(
                try frame.read { bytes throws(PacketError) in try EthernetHeader(parsing: bytes) }
                    == header
            )
            for count in 0..<frame.count {
                let error = #expect(throws: PacketError.self) {
                    try Array(frame[..<count]).read { bytes throws(PacketError) in
                        try EthernetHeader(parsing: bytes)
                    }
                }
                #expect(error?.isTruncation == true)
            }
        }
        #expect(inner.identifier == 100)
    }

    @Test func theCookedHeaderIsAsTcpdumpDescribesIt() throws {
        let header = LinuxCookedHeader(
            type: .ipv4,
            interfaceIndex: 3,
            hardwareType: 1,
            direction: .outgoing,
            address: 0x0200_5E10_0001_0000,
            addressSize: 6
        )
        var written = [UInt8](repeating: 0xEE, count: 20)
        _ = try written.write { bytes throws(PacketError) in try header.write(into: &bytes) }
        #expect(written == bytes("0800 0000 0000 0003 0001 04 06 0200 5e10 0001 0000"))
        #expect(
            try written.read { bytes throws(PacketError) in try LinuxCookedHeader(parsing: bytes) }
                == header
        )
    }

    @Test func addressesOfOtherLinksAreRefused() {
        var message = Array(SamplePackets.arpRequest[14...])
        message[4] = 20
        let error = #expect(throws: PacketError.self) {
            try message.read { bytes throws(PacketError) in try ARPMessage(parsing: bytes) }
        }
        #expect(error?.field == "hardware and protocol")
    }
}
