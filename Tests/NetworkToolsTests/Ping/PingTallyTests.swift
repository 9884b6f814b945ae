import Testing

@testable import NetworkTools

struct PingTallyTests {
    private static let payload = EchoPayload(size: 16, secret: 0x0123_4567_89AB_CDEF)

    private func tally() -> PingTally {
        PingTally(target: 3, payload: Self.payload, windowCapacity: 64)
    }

    private func data(_ number: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.payload.size)
        Self.payload.write(number: number, to: &bytes, at: 0)
        return bytes
    }

    @Test func aReplyIsTimedFromItsRequest() throws {
        var tally = tally()
        _ = tally.send(at: 1_000_000)
        let bytes = data(0)
        let event = unsafe tally.receive(
            1,
            data: bytes.span.bytes,
            hopLimit: 61,
            at: .init(at: 1_045_000)
        )
        guard case .reply(let reply)? = event else {
            Issue.record("\(event as Any) is no reply")
            return
        }
        #expect(reply.target == 3 && reply.sequenceNumber == 1 && reply.size == 24)
        #expect(reply.hopLimit == 61 && reply.time == .microseconds(45))
        #expect(!reply.isDuplicate && !reply.isLate)
        #expect(tally.result.receivedCount == 1 && tally.result.loss == 0)
    }

    @Test func dataThatIsNotWhatWasSentIsCountedAndSettlesNothing() {
        var tally = tally()
        _ = tally.send(at: 0)
        for place in 0..<Self.payload.size {
            var bytes = data(0)
            bytes[place] ^= 1
            #expect(
                unsafe tally.receive(1, data: bytes.span.bytes, hopLimit: nil, at: .init(at: 5))
                    == nil
            )
        }
        let short = Array(data(0).dropLast())
        #expect(
            unsafe tally.receive(1, data: short.span.bytes, hopLimit: nil, at: .init(at: 5)) == nil
        )
        #expect(tally.result.corruptedCount == Self.payload.size + 1)
        #expect(tally.result.receivedCount == 0 && tally.result.waitingCount == 1)
        let right = data(0)
        #expect(
            unsafe tally.receive(1, data: right.span.bytes, hopLimit: nil, at: .init(at: 9)) != nil
        )
        #expect(tally.result.receivedCount == 1)
    }

    @Test func theReplyToOneRequestIsNotThatToAnother() {
        var tally = tally()
        _ = tally.send(at: 0)
        _ = tally.send(at: 1)
        let other = data(0)
        #expect(
            unsafe tally.receive(2, data: other.span.bytes, hopLimit: nil, at: .init(at: 5)) == nil
        )
        #expect(tally.result.corruptedCount == 1)
    }

    @Test func numbersNobodyAskedForAreCounted() {
        var tally = tally()
        let bytes = data(0)
        #expect(
            unsafe tally.receive(9, data: bytes.span.bytes, hopLimit: nil, at: .init(at: 5)) == nil
        )
        #expect(tally.result.unknownCount == 1)
    }

    @Test func duplicatesAndLateRepliesDoNotCountAsReceived() {
        var tally = tally()
        let bytes = data(0)
        _ = tally.send(at: 0)
        _ = unsafe tally.receive(1, data: bytes.span.bytes, hopLimit: nil, at: .init(at: 5))
        _ = unsafe tally.receive(1, data: bytes.span.bytes, hopLimit: nil, at: .init(at: 6))
        _ = tally.send(at: 10)
        #expect(tally.expire(sentUntil: 10, now: 20).count == 1)
        let second = data(1)
        _ = unsafe tally.receive(2, data: second.span.bytes, hopLimit: nil, at: .init(at: 30))
        let result = tally.result
        #expect(result.sentCount == 2 && result.receivedCount == 1)
        #expect(result.duplicateCount == 1 && result.lateCount == 1)
        #expect(result.loss == 0.5 && result.times.count == 1)
    }

    @Test func whatIsUnderWayIsNotLost() {
        var tally = tally()
        _ = tally.send(at: 0)
        #expect(tally.result.waitingCount == 1 && tally.result.loss == 0)
    }
}
