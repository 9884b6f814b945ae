import SocketsTesting
import Testing

@testable import Relays

/// What only happens to datagrams.
@Suite struct DatagramFaultTests {
    private static let millisecond: Int64 = 1_000_000

    private func datagram(_ number: Int) -> RelayPiece {
        RelayPiece(
            [UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)],
            .datagram
        )
    }

    /// What comes out when numbered datagrams go in, a millisecond apart.
    private func arrivals(_ faults: RelayFaults, count: Int, seed: UInt64) -> ([Int], FlowCounts) {
        var flow = FaultyFlow(faults, isDatagram: true, seed: seed)
        var arrivals: [Int] = []
        func take(until now: Int64) {
            while true {
                switch flow.next(now: now) {
                case .send(let piece):
                    arrivals.append(Int(piece.bytes[0]) << 8 | Int(piece.bytes[1]))
                    flow.didSend(2, of: piece)
                default: return
                }
            }
        }
        for number in 0..<count {
            let now = Int64(number) * Self.millisecond
            take(until: now)
            flow.take(datagram(number), now: now)
            take(until: now)
        }
        take(until: .max)
        return (arrivals, flow.counts)
    }

    @Test(arguments: (0..<10).map { SeededRandom.testSeed &+ $0 })
    func everyDatagramIsAccountedFor(_ seed: UInt64) {
        let faults = RelayFaults(
            delay: .milliseconds(3),
            jitter: .milliseconds(3),
            loss: 0.1,
            duplication: 0.1,
            reordering: 0.1
        )
        let (arrivals, counts) = arrivals(faults, count: 5000, seed: seed)
        #expect(arrivals.count == 5000 - counts.lostCount + counts.doubledCount)
        #expect(counts.sentCount == arrivals.count)
        #expect(Set(arrivals).count == 5000 - counts.lostCount)
        // Five deviations of a draw from 5000.
        #expect(abs(counts.lostCount - 500) < 110)
        #expect(abs(counts.doubledCount - 405) < 100)
        #expect(counts.reorderedCount > 250)
        #expect(arrivals != arrivals.sorted())
        #expect(self.arrivals(faults, count: 5000, seed: seed).0 == arrivals)
        #expect(self.arrivals(faults, count: 5000, seed: seed &+ 1).0 != arrivals)
    }

    @Test func anOvertakenDatagramGoesRightAfterTheNext() {
        var flow = FaultyFlow(.init(reordering: 1), isDatagram: true, seed: 1)
        flow.take(datagram(1), now: 0)
        #expect(flow.next(now: 0) == .wait(until: FaultyFlow.reorderingPause))
        flow.take(datagram(2), now: 5)
        #expect(flow.next(now: 5) == .send(datagram(2)))
        #expect(flow.next(now: 5) == .send(datagram(1)))
        #expect(flow.next(now: 5) == .waitForMore)
        #expect(flow.heldSize == 0)
    }

    @Test func withoutANextItGoesAfterAWhile() {
        var flow = FaultyFlow(.init(reordering: 1), isDatagram: true, seed: 1)
        flow.take(datagram(1), now: 0)
        #expect(flow.next(now: FaultyFlow.reorderingPause) == .send(datagram(1)))
    }

    @Test func whatIsLostIsAllThatIsLost() {
        let (arrivals, counts) = arrivals(.init(loss: 1), count: 100, seed: 1)
        #expect(arrivals.isEmpty)
        #expect(counts.lostCount == 100)
    }

    @Test func anEmptyDatagramIsOneToo() {
        var flow = FaultyFlow(.init(bytesPerSecond: 1), isDatagram: true, seed: 1)
        flow.take(RelayPiece([], .datagram), now: 0)
        #expect(flow.next(now: 0) == .send(RelayPiece([], .datagram)))
    }
}
