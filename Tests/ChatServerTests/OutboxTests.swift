import Testing

@testable import ChatServer

@Suite struct OutboxTests {
    private var limits: ChatServer.Limits {
        var limits = ChatServer.Limits()
        limits.queueSizeLimit = 20
        limits.queueLineLimit = 3
        return limits
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private func taken(_ step: Outbox.Step) -> [String]? {
        guard case .send(let pieces) = step else { return nil }
        return pieces.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func wantsOneWriterAtATime() {
        var outbox = Outbox()
        #expect(outbox.append(bytes("a\n"), limits) == .wake)
        #expect(outbox.append(bytes("b\n"), limits) == .queued)
        #expect(taken(outbox.next()) == ["a\n", "b\n"])
        #expect(outbox.append(bytes("c\n"), limits) == .queued)
        #expect(taken(outbox.next()) == ["c\n"])
        #expect(outbox.next() == .rest)
        #expect(outbox.append(bytes("d\n"), limits) == .wake)
    }

    @Test func givesUpAtTheLimitOfLinesAndSaysHowMany() {
        var outbox = Outbox()
        for _ in 1...2 { _ = outbox.append(bytes("a\n"), limits) }
        #expect(taken(outbox.next()) == ["a\n", "a\n"])
        // Those two are still on their way, so one more is the limit.
        #expect(outbox.append(bytes("b\nc\n"), limits) == .queued)
        #expect(outbox.append(bytes("d\n"), limits) == .overflow)
        #expect(outbox.append(bytes("e\n"), limits) == .queued)  // not wanted any more
        #expect(
            taken(outbox.next()) == ["* you read too slowly: 3 lines were not delivered; goodbye\n"])
        #expect(outbox.next() == .finish)
    }

    @Test func givesUpAtTheLimitOfBytes() {
        var outbox = Outbox()
        #expect(outbox.append(bytes("0123456789012345678901234\n"), limits) == .overflowAndWake)
        #expect(
            taken(outbox.next()) == ["* you read too slowly: 1 line was not delivered; goodbye\n"])
    }

    @Test func finishesAfterWhatWaits() {
        var outbox = Outbox()
        _ = outbox.append(bytes("a\n"), limits)
        #expect(outbox.finish() == false)
        #expect(outbox.append(bytes("b\n"), limits) == .queued)
        #expect(taken(outbox.next()) == ["a\n"])
        #expect(outbox.next() == .finish)
        #expect(outbox.writerEnded() == nil)
        #expect(!outbox.isWriting)
    }

    /// The reader waits for that writer: one that rested without a word would be waited for for ever.
    @Test func aWriterThatFindsItAbandonedStops() {
        var outbox = Outbox()
        _ = outbox.append(bytes("a\n"), limits)
        outbox.abandon()
        #expect(outbox.next() == .stop)
        #expect(outbox.isWriting)
        #expect(outbox.writerEnded() == nil)
        #expect(!outbox.isWriting)
    }

    @Test func finishingAnEmptyOneNeedsAWriter() {
        var outbox = Outbox()
        #expect(outbox.finish() == true)
        #expect(outbox.next() == .finish)
    }
}
