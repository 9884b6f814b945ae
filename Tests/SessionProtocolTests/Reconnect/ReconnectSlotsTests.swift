import Testing

@testable import SessionProtocol

@Suite struct ReconnectSlotsTests {
    @Test func theFirstSessionsComeBackAtOnceTheRestEvenly() {
        var slots = ReconnectSlots(sessionsPerSecond: 500)
        let waits = (0..<1_000).map { _ in slots.take().milliseconds }
        #expect(waits == (0..<1_000).map { UInt32($0 * 2) })
    }

    @Test func whatIsGivenBackIsTakenFirst() {
        var slots = ReconnectSlots(sessionsPerSecond: 1_000)
        let taken = (0..<200).map { _ in slots.take() }
        slots.giveBack(taken[130])
        slots.giveBack(taken[3])
        #expect(slots.count == 198)
        #expect((0..<3).map { _ in slots.take().milliseconds } == [3, 130, 200])
    }

    /// However sessions come and go, what is left lies among the most there were at a time.
    @Test func slotsDoNotWanderAway() {
        var slots = ReconnectSlots(sessionsPerSecond: 1_000)
        var random = SystemRandomNumberGenerator()
        var held = (0..<300).map { _ in slots.take() }
        for _ in 0..<10_000 {
            slots.giveBack(held.remove(at: Int.random(in: 0..<held.count, using: &random)))
            held.append(slots.take())
        }
        #expect(Set(held.map(\.milliseconds)) == Set(0..<300))
    }

    @Test func noPlaceIsTooFarBackToSay() {
        #expect(ReconnectSlot(place: 4_294_967, 1).milliseconds == 4_294_967_000)
        #expect(ReconnectSlot(place: 4_294_968, 1).milliseconds == .max)
        #expect(ReconnectSlot(place: .max, 1).milliseconds == .max)
    }

    @Test func laterAttemptsAreDrawnFromGrowingWindows() {
        var random = SystemRandomNumberGenerator()
        var greatest = [UInt32](repeating: 0, count: 10)
        for _ in 0..<1_000 {
            var backoff = ReconnectBackoff()
            #expect(backoff.nextWait(using: &random) == 0)
            backoff.connectionEnded(slot: 77)
            #expect(backoff.nextWait(using: &random) == 77)
            for attempt in greatest.indices {
                greatest[attempt] = max(greatest[attempt], backoff.nextWait(using: &random))
            }
        }
        let bounds: [UInt32] = [
            250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
        ]
        // A thousand draws of which none is in the upper half would be worth reporting.
        for (greatest, bound) in zip(greatest, bounds) {
            #expect(greatest <= bound && greatest > bound / 2)
        }
    }
}
