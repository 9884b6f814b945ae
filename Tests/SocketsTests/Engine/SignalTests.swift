import SocketsTesting
import Testing

@testable import Sockets

@Suite("A signal")
struct SignalTests {
    let loops: EventLoopGroup

    init() throws { loops = try EventLoopGroup(count: 1) }

    @Test func endsTheWaitHoweverOftenItIsSet() async {
        let signal = Signal(on: loops.next())
        let waiting = Task { await signal.wait(until: .never) }
        for _ in 0..<3 { signal.set() }
        #expect(await waiting.value == .set)
    }

    @Test func isSetBeforeAnybodyWaits() async {
        let signal = Signal(on: loops.next())
        signal.set()
        #expect(await signal.wait(until: .never) == .set)
    }

    @Test func endsAtItsDeadline() async {
        #expect(await Signal(on: loops.next()).wait(until: .now) == .deadlinePassed)
        let begin = ContinuousClock.now
        let wake = await Signal(on: loops.next()).wait(until: .after(.milliseconds(20)))
        #expect(wake == .deadlinePassed)
        #expect(ContinuousClock.now - begin >= .milliseconds(20))
    }

    @Test func endsWithItsTask() async {
        let signal = Signal(on: loops.next())
        let waiting = Task { await signal.wait(until: .never) }
        waiting.cancel()
        #expect(await waiting.value == .cancelled)
    }

    /// Set, cancelled and past its deadline at once, at drawn times: one wake-up, and none lost.
    @Test func losesNoWakeUpToARace() async {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        for round in 0..<2000 {
            let signal = Signal(on: loops.next())
            let time = Duration.microseconds(Int.random(in: 0...60, using: &random))
            let deadline = random.oneIn(2) ? Deadline.never : .after(time)
            let waiting = Task(executorPreference: random.oneIn(2) ? loops.next() : nil) {
                await signal.wait(until: deadline)
            }
            let turns = Int.random(in: 0...20, using: &random)
            for _ in 0..<turns { await Task.yield() }
            if random.oneIn(2) { waiting.cancel() } else { signal.set() }
            let wake = await waiting.value
            #expect(deadline != .never || wake != .deadlinePassed, "in round \(round)")
        }
    }
}
