import Addresses
import Packets
import Testing

@Suite struct ICMPMessageTests {
    private func message4(_ bytes: [UInt8]) throws -> ICMPv4Message {
        try bytes.read { bytes throws(PacketError) in try ICMPv4Message(parsing: bytes) }
    }

    private func message6(_ bytes: [UInt8]) throws -> ICMPv6Message {
        try bytes.read { bytes throws(PacketError) in try ICMPv6Message(parsing: bytes) }
    }

    @Test func readsAndWritesARealEcho() throws {
        let message = Array(SamplePackets.echoReply[34...])
        let echo = ICMPEcho(identifier: 0x1234, sequenceNumber: 7)
        #expect(try message4(message) == .echoReply(echo))
        #expect(message.read { ICMPv4Message.isChecksumValid(in: $0) })
        var copy = [UInt8](repeating: 0xEE, count: 8) + message[8...]
        _ = try copy.write { bytes throws(PacketError) in
            try ICMPv4Message.echoReply(echo).write(into: &bytes)
        }
        #expect(copy == message)
        for index in message.indices {
            var broken = message
            broken[index] ^= 4
            #expect(!broken.read { ICMPv4Message.isChecksumValid(in: $0) })
        }
    }

    @Test func readsAndWritesARealEchoOverIPv6() throws {
        let message = Array(SamplePackets.echoReply6[54...])
        let echo = ICMPEcho(identifier: 0x1234, sequenceNumber: 8)
        let ends = PseudoHeader.v6(
            source: try IPv6Address("fd77::2"),
            destination: try IPv6Address("fd77::1")
        )
        #expect(try message6(message) == .echoReply(echo))
        #expect(message.read { ICMPv6Message.isChecksumValid(in: $0, pseudoHeader: ends) })
        var copy = [UInt8](repeating: 0xEE, count: 8) + message[8...]
        _ = try copy.write { bytes throws(PacketError) in
            try ICMPv6Message.echoReply(echo).write(into: &bytes, pseudoHeader: ends)
        }
        #expect(copy == message)
    }

    @Test func aRealErrorQuotesTheDatagramThatCausedIt() throws {
        let message = Array(SamplePackets.portUnreachable[34...])
        #expect(try message4(message) == .destinationUnreachable(code: 3, nextHopMTU: 0))
        #expect(message.read { ICMPv4Message.isChecksumValid(in: $0) })
        let quoted = try Array(message[8...]).read { bytes throws(PacketError) in
            try QuotedPacket(parsing: bytes)
        }
        let sent = SamplePackets.datagram
        #expect(quoted.source == .v4(IPv4Address(10, 77, 0, 1)))
        #expect(quoted.destination == .v4(IPv4Address(10, 77, 0, 2)))
        #expect(
            quoted.transport
                == .udp(
                    sourcePort: UInt16(sent[34]) << 8 | UInt16(sent[35]),
                    destinationPort: 9999,
                    length: 14
                )
        )
        #expect(quoted.identification == UInt16(sent[18]) << 8 | UInt16(sent[19]))
    }

    @Test func aRealErrorOverIPv6QuotesItToo() throws {
        let message = Array(SamplePackets.portUnreachable6[54...])
        #expect(try message6(message) == .destinationUnreachable(code: 4))
        let quoted = try Array(message[8...]).read { bytes throws(PacketError) in
            try QuotedPacket(parsing: bytes)
        }
        #expect(quoted.destination == .v6(try IPv6Address("fd77::2")))
        guard case .udp(_, 9999, 15) = quoted.transport else {
            Issue.record("\(quoted.transport)")
            return
        }
    }

    @Test func neighborDiscoveryNamesItsTarget() throws {
        let target = try IPv6Address("fd77::2")
        let asked = try message6(Array(SamplePackets.neighborSolicitation[54...]))
        #expect(asked == .neighborSolicitation(target: target))
        let said = try message6(Array(SamplePackets.neighborAdvertisement[54...]))
        #expect(said == .neighborAdvertisement(target: target, flags: 0x6000_0000))
    }

    @Test func everyKindIsWrittenAsItIsRead() throws {
        let address = try IPv6Address("2001:db8::1")
        let all4: [ICMPv4Message] = [
            .echoRequest(ICMPEcho(identifier: 1, sequenceNumber: .max)),
            .destinationUnreachable(code: 4, nextHopMTU: 1400),
            .redirect(code: 1, gateway: .loopback), .timeExceeded(code: 1),
            .parameterProblem(code: 0, pointer: 20), .other(type: 13, code: 0, rest: 0xDEAD_BEEF),
        ]
        for message in all4 {
            var copy = [UInt8](repeating: 0xEE, count: 17)
            _ = try copy.write { bytes throws(PacketError) in try message.write(into: &bytes) }
            #expect(try message4(copy) == message)
            #expect(copy.read { ICMPv4Message.isChecksumValid(in: $0) })
        }
        let all6: [ICMPv6Message] = [
            .destinationUnreachable(code: 0), .packetTooBig(mtu: 1280), .timeExceeded(code: 0),
            .parameterProblem(code: 1, pointer: 40), .neighborSolicitation(target: address),
            .echoRequest(ICMPEcho(identifier: .max, sequenceNumber: 0)),
            .neighborAdvertisement(target: address, flags: 0xE000_0000),
            .redirect(target: address, destination: .loopback),
            .other(type: 143, code: 0, rest: 2),
        ]
        let ends = PseudoHeader.v6(source: address, destination: .loopback)
        for message in all6 {
            var copy = [UInt8](repeating: 0xEE, count: 43)
            let size = try copy.write { bytes throws(PacketError) in
                try message.write(into: &bytes, pseudoHeader: ends)
            }
            #expect(size == message.size)
            #expect(try message6(copy) == message)
            #expect(copy.read { ICMPv6Message.isChecksumValid(in: $0, pseudoHeader: ends) })
        }
    }

    @Test func aQuoteThatIsCutTellsWhatIsThere() throws {
        let quote = Array(SamplePackets.datagram[14...])
        for count in 0..<quote.count {
            let part = Array(quote[..<count])
            let parsed = part.read { bytes in try? QuotedPacket(parsing: bytes) }
            #expect((parsed == nil) == (count < 20))
            #expect((parsed?.transport ?? .unknown == .unknown) == (count < 28))
        }
    }

    @Test func theMiddleOfAPacketHasNoPorts() throws {
        var quote = Array(SamplePackets.datagram[14...])
        quote[7] = 1
        let parsed = try quote.read { bytes throws(PacketError) in
            try QuotedPacket(parsing: bytes)
        }
        #expect(parsed.transport == .unknown)
    }
}
