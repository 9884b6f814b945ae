import SocketsTesting
import Testing

@testable import Sockets

@Suite("A timer queue")
struct TimerQueueTests {
    @Test func givesNothingBeforeItsTime() {
        var queue = TimerQueue()
        #expect(queue.nextTime == nil)
        let timer = LoopTimer()
        queue.arm(timer, at: 10)
        #expect(queue.nextTime == 10)
        #expect(timer.isArmed)
        #expect(queue.popDue(now: 9) == nil)
        #expect(queue.popDue(now: 10) === timer)
        #expect(!timer.isArmed)
        #expect(queue.popDue(now: .max) == nil)
    }

    @Test func movesATimerThatIsArmedAgain() {
        var queue = TimerQueue()
        let (one, two) = (LoopTimer(), LoopTimer())
        queue.arm(one, at: 10)
        queue.arm(two, at: 20)
        queue.arm(one, at: 30)
        #expect(queue.count == 2 && queue.nextTime == 20)
        queue.arm(one, at: 5)
        #expect(queue.nextTime == 5)
    }

    @Test func forgetsADisarmedTimerOnceAndForAll() {
        var queue = TimerQueue()
        let timer = LoopTimer()
        queue.arm(timer, at: 1)
        queue.disarm(timer)
        queue.disarm(timer)
        #expect(queue.count == 0 && !timer.isArmed)
    }

    /// Against a list that is searched; the seed is printed by the kit.
    @Test func agreesWithAListThatIsSearched() {
        var random = SeededRandom(seed: SeededRandom.testSeed)
        var queue = TimerQueue()
        let timers = (0..<200).map { _ in LoopTimer() }
        var armed: [Int: Int64] = [:]
        var now: Int64 = 0
        for _ in 0..<20_000 {
            let index = Int.random(in: 0..<timers.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let time = now + Int64.random(in: -50...500, using: &random)
                queue.arm(timers[index], at: time)
                armed[index] = time
            case 2:
                queue.disarm(timers[index])
                armed[index] = nil
            default:
                now += Int64.random(in: 0...100, using: &random)
                while let due = queue.popDue(now: now) {
                    let place = timers.firstIndex { $0 === due }
                    #expect(due.time == armed.values.min())
                    #expect(place.flatMap { armed[$0] } == due.time)
                    if let place { armed[place] = nil }
                }
                #expect(armed.values.allSatisfy { $0 > now })
            }
            #expect(queue.count == armed.count)
            #expect(queue.nextTime == armed.values.min())
            #expect(timers[index].isArmed == (armed[index] != nil))
        }
    }
}
