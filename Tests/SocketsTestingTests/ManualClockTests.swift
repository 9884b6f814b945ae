import SocketsTesting
import Synchronization
import Testing

@Suite("A manual clock")
struct ManualClockTests {
    let clock = ManualClock()

    @Test func standsStillUntilItIsAdvanced() {
        let start = clock.now
        #expect(clock.now == start)
        clock.advance(by: .seconds(3))
        #expect(start.duration(to: clock.now) == .seconds(3))
    }

    @Test func wakesSleepersInTheOrderOfTheirTimes() async throws {
        let clock = clock
        let woken = WakeOrder()
        for (index, seconds) in [30, 10, 20, 10].enumerated() {
            Task {
                try await clock.sleep(for: .seconds(seconds))
                woken.append("\(seconds):\(index)")
            }
            await clock.untilSleeping(index + 1)
        }
        // Who is woken by the same step may run in any order.
        clock.advance(by: .seconds(19))
        #expect(await woken.next(2) == ["10:1", "10:3"])
        clock.advance(by: .seconds(1))
        #expect(await woken.next(1) == ["20:2"])
        clock.advance(by: .seconds(60))
        #expect(await woken.next(1) == ["30:0"])
        #expect(clock.sleeperCount == 0)
    }

    @Test func wakesNobodyTooEarly() async throws {
        let clock = clock
        let sleeper = Task { try await clock.sleep(for: .seconds(10)) }
        await clock.untilSleeping(1)
        clock.advance(by: .milliseconds(9999))
        #expect(clock.sleeperCount == 1)
        clock.advance(by: .milliseconds(1))
        try await sleeper.value
    }

    @Test func doesNotSleepUntilATimeThatHasCome() async throws {
        try await clock.sleep(until: clock.now)
        clock.advance(by: .seconds(2))
        try await clock.sleep(until: .init(offset: .seconds(1)))
    }

    @Test func endsTheSleepOfACancelledTask() async throws {
        let clock = clock
        for isEarly in [false, true] {
            let sleeper = Task {
                if isEarly { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }
                try await clock.sleep(for: .seconds(10))
            }
            if !isEarly { await clock.untilSleeping(1) }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
            #expect(clock.sleeperCount == 0)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func survivesCancellationRacingSleep(_ seed: UInt64) async throws {
        let clock = clock
        for _ in 0..<300 {
            let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
        #expect(clock.sleeperCount == 0)
    }
}

/// Who woke when.
private final class WakeOrder: Sendable {
    private let (names, sink) = AsyncStream<String>.makeStream()

    func append(_ name: String) { sink.yield(name) }

    func next(_ count: Int) async -> Set<String> {
        var found: Set<String> = []
        for await name in names {
            found.insert(name)
            if found.count == count { break }
        }
        return found
    }
}
