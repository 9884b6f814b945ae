import Testing

@testable import NetworkTools

struct RoundTripStatisticsTests {
    @Test func nothingIsKnownOfNoTimes() {
        let statistics = RoundTripStatistics()
        #expect(statistics.count == 0)
        #expect(statistics.minimum == nil && statistics.maximum == nil)
        #expect(statistics.average == nil && statistics.deviation == nil)
        #expect(statistics.percentile(50) == nil)
    }

    @Test func oneTimeIsEveryFigure() {
        var statistics = RoundTripStatistics()
        statistics.add(.nanoseconds(41_337))
        #expect(statistics.minimum == .nanoseconds(41_337))
        #expect(statistics.maximum == .nanoseconds(41_337))
        #expect(statistics.average == .nanoseconds(41_337))
        #expect(statistics.deviation == .zero)
        for percent in [0.0, 50, 99, 100] {
            #expect(statistics.percentile(percent) == .nanoseconds(41_337))
        }
    }

    @Test func theFiguresAreThoseOfAPlainComputation() throws {
        var generator = Generator(seed: 20_240_601)
        var statistics = RoundTripStatistics()
        var times: [Int64] = []
        for _ in 0..<5000 {
            let time = Int64(generator.next() % 3_000_000) + 20_000
            times.append(time)
            statistics.add(.nanoseconds(time))
        }
        times.sort()
        let mean = times.reduce(0.0) { $0 + Double($1) } / Double(times.count)
        let variance =
            times.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            / Double(times.count)
        #expect(statistics.minimum == .nanoseconds(times[0]))
        #expect(statistics.maximum == .nanoseconds(times[4999]))
        let average = try #require(statistics.average?.wholeNanoseconds)
        #expect(abs(Double(average) - mean) <= 1)
        let deviation = try #require(statistics.deviation?.wholeNanoseconds)
        #expect(abs(Double(deviation) - variance.squareRoot()) <= 1)
        for percent in [1.0, 50, 90, 99, 99.9, 100] {
            let rank = max(1, Int((Double(times.count) * percent / 100).rounded(.up)))
            let exact = Double(times[rank - 1])
            let found = Double(try #require(statistics.percentile(percent)?.wholeNanoseconds))
            #expect(abs(found - exact) <= exact / 100, "p\(percent): \(found), exactly \(exact)")
        }
    }

    @Test func timesThatAreLongAndAlikeKeepTheirScatter() {
        var statistics = RoundTripStatistics()
        for index in 0..<1000 {
            statistics.add(.nanoseconds(3_600_000_000_000 + (index % 2 == 0 ? 1000 : -1000)))
        }
        #expect(statistics.deviation == .nanoseconds(1000))
    }

    @Test func extremeTimesAreHeld() {
        var statistics = RoundTripStatistics()
        statistics.add(.nanoseconds(-5))
        statistics.add(.seconds(Int64.max))
        #expect(statistics.minimum == .zero)
        #expect(statistics.count == 2)
        #expect(statistics.percentile(10) == .zero)
    }

    @Test func everyTimeIsCountedWithinOnePartIn128() throws {
        var time: Int64 = 1
        while time < TimeHistogram.timeLimit {
            for near in [time - 1, time, time + 1, time + time / 3] {
                var histogram = TimeHistogram()
                histogram.add(nanoseconds: near)
                let found = try #require(histogram.percentile(50))
                #expect(abs(found - near) <= near / 128, "\(near) was counted as \(found)")
            }
            time *= 2
        }
    }

    @Test(arguments: [
        (45_000, "0.045"), (999_999, "0.999"), (1_320_000, "1.32"), (25_449_999, "25.4"),
        (120_400_000, "120"), (-3, "0.000"),
    ])
    func timesArePrintedAsPingPrintsThem(nanoseconds: Int64, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).millisecondsText == text)
    }
}

/// xorshift64: the same numbers for the same seed.
struct Generator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
