import Testing

@testable import NetworkTools

/// Times as ping(8) prints them.
struct MillisecondsTextTests {
    @Test(arguments: [
        (0, "0.000"), (999, "0.000"), (45_000, "0.045"), (999_999, "0.999"),
        (1_000_000, "1.00"), (1_325_000, "1.32"), (9_999_999, "9.99"), (10_000_000, "10.0"),
        (25_460_000, "25.4"), (99_999_999, "99.9"), (100_000_000, "100"),
        (1_204_250_000, "1204"), (-5, "0.000"),
    ])
    func aRoundTripHasThreeDigitsOrMore(nanoseconds: Int, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).millisecondsText == text)
    }

    @Test(arguments: [
        (0, "0.000"), (45_678, "0.045"), (1_204_250_000, "1204.250"), (1_000_007_000, "1000.007"),
    ])
    func aSummaryHasThreeDigitsBehindThePoint(nanoseconds: Int, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).exactMillisecondsText == text)
    }

    @Test func timesThatFitNoIntegerAreAtItsEnds() {
        #expect(Duration.seconds(Int64.max).wholeNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeNanoseconds == .min)
        #expect(Duration.seconds(3).wholeNanoseconds == 3_000_000_000)
    }
}
