import Packets
import Testing

@testable import NetworkTools

struct EchoMessageTests {
    private let payload = EchoPayload(size: 24, secret: 42)

    /// A reply to a request of ours, as a raw socket hands it out: IP header and all.
    private func rawReply(identifier: UInt16 = 7, sequenceNumber: UInt16 = 5) -> [UInt8] {
        let echo = ICMPEcho(identifier: identifier, sequenceNumber: sequenceNumber)
        var message = EchoMessage.request(echo, isIPv6: false, payload: payload, number: 4)
        // A reply is a request with another type, and a checksum to match: 8 less in the first word.
        message[0] = 0
        let checksum = UInt32(message[2]) << 8 | UInt32(message[3])
        let sum = checksum + 0x0800
        let folded = UInt16((sum & 0xFFFF) + (sum >> 16))
        message[2] = UInt8(folded >> 8)
        message[3] = UInt8(folded & 0xFF)
        let header: [UInt8] = [
            0x45, 0, 0, UInt8(20 + message.count), 0, 0, 0, 0, 61, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0,
            2,
        ]
        return header + message
    }

    private func read(_ bytes: [UInt8], identifier: UInt16 = 7) -> EchoMessage.Arrival {
        unsafe EchoMessage.read(
            bytes.span.bytes,
            isIPv6: false,
            hasHeader: true,
            identifier: identifier
        )
    }

    @Test func aReplyIsReadWithItsHopLimit() {
        #expect(read(rawReply()) == .reply(sequenceNumber: 5, data: 28..<52, hopLimit: 61))
    }

    @Test func anothersReplyIsForeign() {
        #expect(read(rawReply(), identifier: 8) == .foreign)
    }

    @Test func oneWrongBitShowsInTheChecksum() {
        for index in 24..<rawReply().count where !(24..<26).contains(index) {
            var bytes = rawReply()
            bytes[index] ^= 4
            #expect(read(bytes) == .wrongChecksum, "byte \(index)")
        }
    }

    @Test func everyTruncationIsRefusedQuietly() {
        let whole = rawReply()
        for count in 0..<whole.count {
            let arrival = read(Array(whole.prefix(count)))
            #expect(arrival == .malformed || arrival == .wrongChecksum, "\(count) bytes")
        }
    }

    @Test func randomBytesNeverTrap() {
        let seed: UInt64 = 99
        var generator = Generator(seed: seed)
        for _ in 0..<20_000 {
            let count = Int(generator.next() % 80)
            var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            if count > 0, generator.next() % 2 == 0 { bytes[0] = 0x45 }
            for isIPv6 in [false, true] {
                let arrival = unsafe EchoMessage.read(
                    bytes.span.bytes,
                    isIPv6: isIPv6,
                    hasHeader: !isIPv6,
                    identifier: 1
                )
                if case .reply(_, let data, _) = arrival {
                    #expect(data.lowerBound >= 0 && data.upperBound <= count, "seed \(seed)")
                }
            }
        }
    }

    @Test func aQuotedRequestIsKnownByItsIdentifier() {
        let echo = ICMPEcho(identifier: 7, sequenceNumber: 258)
        for isIPv6 in [false, true] {
            let request = EchoMessage.request(echo, isIPv6: isIPv6, payload: payload, number: 0)
            let quote = Array(request.prefix(8))
            #expect(EchoMessage.quotedRequest(quote, isIPv6: isIPv6, identifier: 7) == 258)
            #expect(EchoMessage.quotedRequest(quote, isIPv6: isIPv6, identifier: 8) == nil)
            #expect(EchoMessage.quotedRequest([8, 0, 0], isIPv6: isIPv6, identifier: 7) == nil)
        }
    }
}
