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
            Task { @WakeOrder.Only in
                try await clock.sleep(for: .seconds(seconds))
                woken.append("\(seconds):\(index)")
            }
            await clock.untilSleeping(index + 1)
        }
        clock.advance(by: .seconds(19))
        clock.advance(by: .seconds(60))
        #expect(await woken.first(4) == ["10:1", "10:3", "20:2", "30:0"])
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

/// Who woke when; everybody in it runs on one actor, one after the other.
private final class WakeOrder: Sendable {
    @globalActor actor Only { static let shared = Only() }

    private let (names, sink) = AsyncStream<String>.makeStream()

    func append(_ name: String) { sink.yield(name) }

    func first(_ count: Int) async -> [String] {
        var found: [String] = []
        for await name in names {
            found.append(name)
            if found.count == count { break }
        }
        return found
    }
}
