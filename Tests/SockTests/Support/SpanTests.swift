import Testing

@testable import sock

/// Times and shares of the command line.
@Suite struct SpanTests {
    @Test func timesHaveUnitsAndAreSecondsWithout() {
        for (text, duration) in [
            ("20ms", Duration.milliseconds(20)), ("1.5s", .milliseconds(1500)),
            ("2m", .seconds(120)),
            ("250us", .microseconds(250)), ("1h", .seconds(3600)), ("3", .seconds(3)),
            ("0", .zero), ("0ms", .zero), ("365000h", nil), ("8760h", .seconds(365 * 86_400)),
        ] as [(String, Duration?)] {
            #expect(TimeSpan(argument: text)?.duration == duration, "\(text)")
        }
    }

    @Test(arguments: ["", "ms", "-1s", "1e3s", "inf", "nan", "0x10", "1 s", "1d", "1s2", "..s"])
    func whatIsNoTimeIsNone(_ text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }

    @Test func timesAreShownInTheUnitThatFits() {
        for (duration, words, written) in [
            (Duration.milliseconds(20), "20 ms", "20ms"), (.milliseconds(1500), "1.5 s", "1.5s"),
            (.seconds(120), "120 s", "120s"), (.microseconds(250), "250 us", "250us"),
            (.nanoseconds(1_000_500), "1.0005 ms", "1.0005ms"), (.zero, "0 us", "0us"),
            (.seconds(365 * 86_400), "31536000 s", "31536000s"),
        ] {
            #expect("\(TimeSpan(duration))" == words)
            #expect(TimeSpan(duration).defaultValueDescription == written)
            #expect(TimeSpan(argument: written)?.duration == duration)
        }
    }

    @Test func aTimeThatMustPassIsLongerThanNone() {
        #expect(Seconds(argument: "500ms")?.duration == .milliseconds(500))
        #expect(Seconds(argument: "0.5")?.duration == .milliseconds(500))
        for text in ["0", "0ms", "-1", "nan"] { #expect(Seconds(argument: text) == nil, "\(text)") }
    }

    @Test func sharesAreInPercent() {
        for (text, fraction) in [("5%", 0.05), ("5", 0.05), ("0", 0), ("100%", 1), ("0.5%", 0.005)]
        {
            #expect(Share(argument: text)?.fraction == fraction, "\(text)")
        }
        for text in ["", "%", "101", "-5%", "1e1%", "nan", "5%%"] {
            #expect(Share(argument: text) == nil, "\(text)")
        }
    }
}
