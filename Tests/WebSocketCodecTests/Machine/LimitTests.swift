import Testing
import WebSocketCodec

@Suite struct LimitTests {
    private var limits: WebSocketLimits {
        var limits = WebSocketLimits()
        limits.frameSizeLimit = 1000
        limits.messageSizeLimit = 2000
        limits.fragmentCountLimit = 10
        return limits
    }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    @Test func aFrameAtTheLimitArrivesAndOneBeyondIsRefusedByItsHeader() {
        let result = received(frame(0x82, zeros(1000)), limits: limits)
        #expect(result.seen == [.binary(zeros(1000))])
        let header = Array(frame(0x82, zeros(1001)).prefix(8))
        let refused = received(header, limits: limits)
        #expect(refused.cause == .frameTooBig(size: 1001, limit: 1000))
        #expect(Array(refused.output[2...3]) == bytes("03f1"))
    }

    @Test func aHugeAnnouncementCostsNothingAndIsRefused() {
        let header = bytes("82ff 7fffffffffffffff 00000000")
        #expect(received(header).cause == .frameTooBig(size: .max, limit: 1_048_576))
        var open = WebSocketLimits()
        open.frameSizeLimit = .max
        open.messageSizeLimit = .max
        // No memory is taken on the header's word, or this would not come back.
        #expect(received(header + [1, 2, 3], limits: open).seen.isEmpty)
        let second = frame(0x02, [1]) + bytes("80ff 7fffffffffffffff 00000000")
        #expect(received(second, limits: open).cause == .messageTooBig(limit: .max))
    }

    @Test func aMessageAtTheLimitArrivesAndOneBeyondIsRefused() {
        let two = frame(0x02, zeros(1000)) + frame(0x00, zeros(1000))
        #expect(received(two + frame(0x80), limits: limits).seen == [.binary(zeros(2000))])
        let refused = received(two + Array(frame(0x80, [1]).prefix(6)), limits: limits)
        #expect(refused.cause == .messageTooBig(limit: 2000))
        #expect(Array(refused.output[2...3]) == bytes("03f1"))
    }

    @Test func theLimitIsForEachMessageNotForAll() {
        let message = frame(0x02, zeros(1000)) + frame(0x80, zeros(1000))
        let result = received(message + message + message, limits: limits)
        #expect(result.seen == [Conversation.Seen](repeating: .binary(zeros(2000)), count: 3))
    }

    @Test func fragmentsAtTheLimitArriveAndOneBeyondIsRefused() {
        let nine = frame(0x01) + (0..<8).flatMap { _ in frame(0x00) }
        #expect(received(nine + frame(0x80, "x"), limits: limits).seen == [.text("x")])
        let refused = received(nine + frame(0x00) + frame(0x80, "x"), limits: limits)
        #expect(refused.cause == .tooManyFragments(limit: 10))
        #expect(Array(refused.output[2...3]) == bytes("03f0"))
    }
}
