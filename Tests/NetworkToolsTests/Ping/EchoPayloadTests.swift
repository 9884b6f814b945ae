import Testing

@testable import NetworkTools

/// What tells the reply to one request from anything else.
struct EchoPayloadTests {
    private func bytes(_ payload: EchoPayload, _ number: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: payload.size)
        payload.write(number: number, to: &bytes, at: 0)
        return bytes
    }

    @Test func theSecretAndTheNumberComeFirstAndThenThePattern() {
        let payload = EchoPayload(size: 12, secret: 0x0123_4567_89AB_CDEF)
        #expect(
            bytes(payload, 0)
                == [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 8, 9, 10, 11]
        )
    }

    @Test(arguments: [0, 1, 7, 8, 9, 56])
    func aReplyMatchesItsOwnRequestInEverySize(size: Int) {
        let payload = EchoPayload(size: size, secret: 7)
        for number in [0, 1, 65_535, 65_536, Int.max] {
            let data = bytes(payload, number)
            #expect(unsafe payload.matches(data.span.bytes, number: number))
            let longer = data + [0]
            #expect(unsafe !payload.matches(longer.span.bytes, number: number))
        }
        guard size >= EchoPayload.markSize else { return }
        let first = bytes(payload, 0)
        // The numbers that have the same sixteen bits on the wire.
        #expect(unsafe !payload.matches(first.span.bytes, number: 65_536))
        let other = EchoPayload(size: size, secret: 8)
        #expect(unsafe !other.matches(first.span.bytes, number: 0))
    }
}
