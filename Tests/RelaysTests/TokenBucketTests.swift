import SocketsTesting
import Testing

@testable import Relays

/// The bucket on a clock that the test moves.
@Suite struct TokenBucketTests {
    /// New ones for each run: a failure names its own.
    static let seeds = (0..<8).map { SeededRandom.testSeed &+ $0 }

    private func bucket(_ rate: Int, now: Int64 = 0) -> TokenBucket {
        TokenBucket(rate: rate, now: now)
    }

    @Test func aQuantumGoesAtOnceAndTheRestEvenly() throws {
        var bucket = bucket(1000)
        #expect(bucket.take(5000, now: 0) == 20)
        #expect(bucket.take(5000, now: 0) == 0)
        #expect(bucket.wait(for: 5000, now: 0) == 20_000_000)
        #expect(bucket.take(5000, now: 19_999_999) == 0)
        #expect(bucket.take(5000, now: 20_000_000) == 20)
    }

    @Test func aPauseSavesAHundredMilliseconds() throws {
        var bucket = bucket(1000)
        #expect(bucket.take(5000, now: 3_600_000_000_000) == 100)
        #expect(bucket.take(5000, now: 3_600_000_000_000) == 0)
    }

    @Test func littleNeedsLittle() throws {
        var bucket = bucket(1000)
        #expect(bucket.take(20, now: 0) == 20)
        #expect(bucket.wait(for: 1, now: 0) == 1_000_000)
        #expect(bucket.take(1, now: 1_000_000) == 1)
    }

    @Test func aByteASecondIsAByteASecond() throws {
        var bucket = bucket(1)
        #expect(bucket.take(10, now: 0) == 1)
        #expect(bucket.wait(for: 9, now: 0) == 1_000_000_000)
        #expect(bucket.wait(for: 9, now: 400_000_000) == 600_000_000)
        #expect(bucket.take(9, now: 999_999_999) == 0)
        #expect(bucket.take(9, now: 1_000_000_000) == 1)
    }

    @Test func aClockThatGoesBackGivesNothing() throws {
        var bucket = bucket(1000, now: 1_000_000_000)
        #expect(bucket.take(20, now: 1_000_000_000) == 20)
        #expect(bucket.take(20, now: 0) == 0)
        #expect(bucket.take(20, now: 1_020_000_000) == 20)
    }

    @Test func theFastestRateOverTheLongestPauseDoesNotOverflow() throws {
        var bucket = bucket(10_000_000_000)
        #expect(bucket.take(.max, now: .max) == 1_000_000_000)
        #expect(bucket.take(.max, now: .max) == 0)
    }

    /// In every span: no more than the rate allows and 100 ms worth; in all: no less than the rate
    /// allows, when the sender always has something and comes when it is told to.
    @Test(arguments: [1, 7, 999, 10_000, 1_500_000, 10_000_000_000], TokenBucketTests.seeds)
    func noSpanHasMoreThanItsShare(_ rate: Int, _ seed: UInt64) throws {
        var draws = SeededRandom(seed: seed)
        var bucket = bucket(rate)
        var now: Int64 = 0
        var sent: [(now: Int64, total: Int)] = [(0, 0)]
        var total = 0
        for _ in 0..<400 {
            let wanted = Int.random(in: 1...200_000, using: &draws)
            now += bucket.wait(for: wanted, now: now)
            if draws.next() % 8 == 0 { now += Int64.random(in: 0...300_000_000, using: &draws) }
            let count = bucket.take(wanted, now: now)
            try #require(count > 0, "nothing at the time that was said")
            total += count
            sent.append((now, total))
        }
        for first in sent.indices {
            for last in first..<sent.count where last % 7 == 0 {
                let nanoseconds = sent[last].now - sent[first].now
                let share = Double(nanoseconds) / 1e9 * Double(bucket.rate)
                let count = sent[last].total - sent[first].total
                try #require(Double(count) <= share + Double(bucket.capacity) + 1)
            }
        }
    }

    @Test(arguments: [1, 7, 999, 10_000, 1_500_000, 10_000_000_000])
    func aBusySenderGetsItsWholeRate(_ rate: Int) throws {
        var bucket = bucket(rate)
        var now: Int64 = 0
        var total = 0
        while now < 20_000_000_000 {
            now += bucket.wait(for: .max, now: now)
            total += bucket.take(.max, now: now)
        }
        let share = Double(now) / 1e9 * Double(bucket.rate)
        #expect(abs(Double(total) - share) <= Double(bucket.quantum) + 1)
    }
}
