import Sessions
import Testing

@testable import sock

/// Where a subscriber goes on in the next session, wherever the one before has ended.
@Suite struct TopicReaderTests {
    private func entry(_ offset: UInt64) -> TopicEvent {
        .entry(TopicEntry(offset: offset, bytes: []))
    }

    private func position(_ epoch: UInt64, _ offset: UInt64) -> TopicPosition {
        TopicPosition(epoch: epoch, offset: offset)
    }

    @Test func fromNowOnItIsWhereTheTopicEnded() {
        var reader = TopicReader(from: .now)
        #expect(reader.start == .now)
        _ = reader.take(.position(position(9, 5)))
        #expect(reader.start == .position(position(9, 5)))
        _ = reader.take(entry(5))
        #expect(reader.start == .position(position(9, 6)))
    }

    /// Entries that were asked for and have not come yet are still to come.
    @Test func theEndOfTheTopicIsNoPlaceForWhoBeganBefore() {
        var reader = TopicReader(from: .last(3))
        _ = reader.take(.position(position(9, 5)))
        #expect(reader.start == .position(position(9, 2)))
        var early = TopicReader(from: .last(30))
        _ = early.take(.position(position(9, 5)))
        #expect(early.start == .position(position(9, 0)))
        var placed = TopicReader(from: .position(position(9, 1)))
        _ = placed.take(.position(position(9, 5)))
        #expect(placed.start == .position(position(9, 1)))
    }

    @Test func anotherEpochIsReadFromItsBeginning() {
        var reader = TopicReader(from: .position(position(9, 40)))
        _ = reader.take(.position(position(10, 5)))
        #expect(reader.start == .position(position(10, 0)))
        let gap = TopicEvent.gap(epoch: 9, first: 40, end: 40)
        #expect(reader.take(gap) == .tellGap(epoch: 9, first: 40, end: 40))
        #expect(reader.start == .position(position(10, 0)))
        _ = reader.take(entry(2))
        #expect(reader.start == .position(position(10, 3)))
    }

    @Test func behindAGapItGoesOn() {
        var reader = TopicReader(from: .position(position(9, 1)))
        _ = reader.take(.position(position(9, 50)))
        _ = reader.take(.gap(epoch: 9, first: 1, end: 20))
        #expect(reader.start == .position(position(9, 20)))
    }

    @Test func whatIsRetainedIsShownOnceAndOnlyToWhoAskedForNothingElse() {
        let retained = TopicEvent.retained(TopicEntry(offset: 3, bytes: [1]))
        var reader = TopicReader(from: .now)
        _ = reader.take(.position(position(9, 5)))
        #expect(
            reader.take(retained)
                == .print(TopicEntry(offset: 3, bytes: [1]), epoch: 9, isRetained: true)
        )
        // In the next session it is sent again.
        _ = reader.take(.position(position(9, 5)))
        #expect(reader.take(retained) == .nothing)
        var placed = TopicReader(from: .last(2))
        _ = placed.take(.position(position(9, 5)))
        #expect(placed.take(retained) == .nothing)
    }

    /// A peer says what it likes.
    @Test func theLastOffsetThereIsTrapsNobody() {
        var reader = TopicReader(from: .now)
        _ = reader.take(.position(position(9, 5)))
        _ = reader.take(entry((1 << 62) - 1))
        _ = reader.take(.gap(epoch: 9, first: 0, end: (1 << 62) - 1))
        #expect(reader.start == .position(position(9, (1 << 62) - 1)))
    }

    @Test func placesAreReadInDigitsAlone() {
        #expect(TopicPlace(argument: "7")?.offset == 7)
        #expect(TopicPlace(argument: "4711:7")?.epoch == 4711)
        for text in ["", ":", "1:", ":1", "+1", "-1", "1:2:3", "4611686018427387904", "a"] {
            #expect(TopicPlace(argument: text) == nil)
        }
    }
}
