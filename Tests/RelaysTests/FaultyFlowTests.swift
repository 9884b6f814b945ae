import SocketsTesting
import Testing

@testable import Relays

/// One direction on a clock that the test moves.
@Suite struct FaultyFlowTests {
    private static let millisecond: Int64 = 1_000_000
    private let hello = RelayPiece(Array("hello".utf8))
    private let world = RelayPiece(Array("world".utf8))

    private func flow(
        _ faults: RelayFaults,
        isDatagram: Bool = false,
        seed: UInt64 = 1
    ) -> FaultyFlow {
        FaultyFlow(faults, isDatagram: isDatagram, seed: seed)
    }

    @Test func withoutFaultsEverythingGoesAtOnceAndTheEndLast() {
        var flow = flow(.init())
        #expect(flow.next(now: 0) == .waitForMore)
        flow.take(hello, now: 5)
        flow.end(.finish, now: 5)
        #expect(flow.next(now: 5) == .send(hello))
        #expect(flow.next(now: 5) == .finish)
        #expect(flow.next(now: 5) == .over)
        #expect(flow.isOver)
    }

    @Test func theDelayIsThatOfEachPieceAndOfTheEnd() {
        var flow = flow(.init(delay: .milliseconds(20)))
        flow.take(hello, now: 0)
        flow.take(world, now: 7)
        flow.end(.reset, now: 9)
        #expect(flow.next(now: 0) == .wait(until: 20 * Self.millisecond))
        #expect(flow.next(now: 20 * Self.millisecond) == .send(hello))
        #expect(flow.next(now: 20 * Self.millisecond) == .wait(until: 20 * Self.millisecond + 7))
        #expect(flow.next(now: 20 * Self.millisecond + 7) == .send(world))
        #expect(
            flow.next(now: 20 * Self.millisecond + 8) == .wait(until: 20 * Self.millisecond + 9)
        )
        #expect(flow.next(now: 20 * Self.millisecond + 9) == .reset)
    }

    /// Every piece within its bounds, none before the one that came before it; the same for the same
    /// seed.
    @Test(arguments: (0..<20).map { SeededRandom.testSeed &+ $0 })
    func jitterKeepsAStreamsOrderAndItsBounds(_ seed: UInt64) throws {
        let faults = RelayFaults(delay: .milliseconds(20), jitter: .milliseconds(15))
        var runs: [[Int64]] = []
        for _ in 0..<2 {
            var flow = flow(faults, seed: seed)
            for number in 0..<100 {
                flow.take(RelayPiece([UInt8(number)]), now: Int64(number) * Self.millisecond)
            }
            var now: Int64 = 0
            var times: [Int64] = []
            while times.count < 100 {
                switch flow.next(now: now) {
                case .send(let piece):
                    try #require(piece.bytes == [UInt8(times.count)])
                    times.append(now)
                case .wait(let time):
                    try #require(time > now)
                    now = time
                case let step: Issue.record("\(step)")
                }
            }
            for (number, time) in times.enumerated() {
                let age = time - Int64(number) * Self.millisecond
                try #require(age >= 5 * Self.millisecond && age <= 35 * Self.millisecond)
            }
            runs.append(times)
        }
        #expect(runs[0] == runs[1])
        #expect(Set(zip(runs[0], runs[0].dropFirst()).map { $1 - $0 }).count > 5, "nothing varies")
    }

    @Test func chunksAreOfTheSizeAndTheLastIsTheRest() {
        var flow = flow(.init(chunkSize: 2))
        flow.take(hello, now: 0)
        for text in ["he", "ll", "o"] {
            #expect(flow.next(now: 0) == .send(RelayPiece(Array(text.utf8))))
        }
        #expect(flow.next(now: 0) == .waitForMore)
        #expect(flow.heldSize == 0)
    }

    @Test func messagesAreNotCut() {
        var flow = flow(.init(chunkSize: 2))
        let message = RelayPiece(Array("hello".utf8), .binary)
        flow.take(message, now: 0)
        #expect(flow.next(now: 0) == .send(message))
    }

    @Test func aStreamGoesAtTheRateInPieces() {
        var flow = flow(.init(bytesPerSecond: 1000))
        flow.take(RelayPiece([UInt8](repeating: 7, count: 1000)), now: 0)
        var (now, size): (Int64, Int) = (0, 0)
        while size < 1000 {
            switch flow.next(now: now) {
            case .send(let piece): size += piece.bytes.count
            case .wait(let time): now = time
            case let step:
                Issue.record("\(step)")
                return
            }
        }
        #expect(now > 900 * Self.millisecond && now <= 1000 * Self.millisecond)
    }

    @Test func aDatagramAtARateGoesWholeWhenAllOfItMay() {
        var flow = flow(.init(bytesPerSecond: 1000), isDatagram: true)
        let datagram = RelayPiece([UInt8](repeating: 7, count: 500), .datagram)
        flow.take(datagram, now: 0)
        var now: Int64 = 0
        while case .wait(let time) = flow.next(now: now) { now = time }
        #expect(now > 400 * Self.millisecond && now <= 500 * Self.millisecond)
        #expect(flow.heldSize == 0)
    }

    @Test func whatIsHeldHasALimitAndAPieceCountsMoreThanItsBytes() {
        var flow = flow(.init(delay: .seconds(1), heldSizeLimit: 1000))
        var count = 0
        while flow.hasRoom {
            flow.take(RelayPiece([0]), now: 0)
            count += 1
        }
        #expect(count == 8, "1000 / (1 + 128), and the one that goes beyond")
        _ = flow.next(now: 1_000_000_000)
        #expect(flow.hasRoom)
    }

    @Test func inABlackHoleEverythingVanishesWhatWasOnItsWayToo() {
        var flow = flow(.init(delay: .milliseconds(1)))
        flow.take(hello, now: 0)
        flow.become(.blackHole)
        flow.take(world, now: 0)
        #expect(flow.next(now: .max) == .waitForMore)
        #expect(flow.hasHole)
        #expect(flow.hasRoom)
        flow.end(.reset, now: 0)
        #expect(flow.next(now: .max) == .over)
        #expect(flow.counts.swallowedSize == 10)
        #expect(flow.counts.sentSize == 0)
    }

    @Test func aBlackHoleInWhichNothingVanishedLeavesNoHole() {
        var flow = flow(.init())
        flow.become(.blackHole)
        flow.become(.fair)
        #expect(!flow.hasHole)
        flow.take(hello, now: 0)
        #expect(flow.next(now: 0) == .send(hello))
    }

    @Test func whatIsStalledGoesOnAsIfNothingHadHappened() {
        var flow = flow(.init(heldSizeLimit: 100))
        flow.take(hello, now: 0)
        flow.become(.stalled)
        #expect(flow.next(now: 0) == .waitForMore)
        flow.end(.finish, now: 1)
        #expect(!flow.hasRoom)
        flow.become(.fair)
        #expect(!flow.hasHole)
        #expect(flow.next(now: 2) == .send(hello))
        #expect(flow.next(now: 2) == .finish)
    }

    @Test func ofAHalfOpenConnectionTheEndIsNotTold() {
        for ending in [FaultyFlow.Ending.finish, .reset] {
            var flow = flow(.init(isHalfOpen: true))
            flow.take(hello, now: 0)
            flow.end(ending, now: 0)
            #expect(flow.next(now: 0) == .send(hello))
            #expect(flow.next(now: 0) == .over)
        }
    }

    @Test func aSourceThatBreaksTurnsTheEndIntoAReset() {
        var early = flow(.init())
        #expect(early.breakSource() == false)
        early.end(.finish, now: 0)
        #expect(early.next(now: 0) == .reset)

        var late = flow(.init(delay: .milliseconds(1)))
        late.end(.finish, now: 0)
        #expect(late.breakSource() == false)
        #expect(late.next(now: Self.millisecond) == .reset)

        var tooLate = flow(.init())
        tooLate.end(.finish, now: 0)
        #expect(tooLate.next(now: 0) == .finish)
        #expect(tooLate.breakSource() == true)
    }

    @Test func forADestinationThatBrokeEverythingIsTakenAndVanishes() {
        var flow = flow(.init(heldSizeLimit: 100))
        flow.take(hello, now: 0)
        flow.breakDestination()
        #expect(flow.hasRoom)
        flow.take(world, now: 0)
        flow.end(.finish, now: 0)
        #expect(flow.next(now: 0) == .over)
        #expect(flow.counts.swallowedSize == 10)
    }

    @Test func aSendThatWasCutShortCountsWhatWent() {
        var flow = flow(.init())
        flow.take(hello, now: 0)
        _ = flow.next(now: 0)
        flow.didSend(2, of: hello)
        #expect(flow.counts.sentSize == 2)
        #expect(flow.counts.swallowedSize == 3)
    }
}
