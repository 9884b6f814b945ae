import Testing

@testable import HTTP

@Suite struct HTTPDateTests {
    private let now = HTTPDate(secondsSinceEpoch: 1_700_000_000)

    @Test func theThreeFormsOfTheStandardAreOneMoment() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            #expect(HTTPDate(parsing: text, now: now)?.secondsSinceEpoch == 784_111_777, "\(text)")
        }
        #expect(
            HTTPDate(secondsSinceEpoch: 784_111_777).description == "Sun, 06 Nov 1994 08:49:37 GMT"
        )
    }

    @Test(arguments: [
        (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
        (-2_203_891_201, "Wed, 28 Feb 1900 23:59:59 GMT"),
        (-157_766_400, "Fri, 01 Jan 1965 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ]) func boundariesOfTheCalendarArePrintedAndRead(seconds: Int, text: String) {
        #expect(HTTPDate(secondsSinceEpoch: seconds).description == text)
        #expect(HTTPDate(parsing: text, now: now)?.secondsSinceEpoch == seconds)
    }

    @Test func whatIsPrintedIsReadBack() {
        let seed = UInt64.random(in: .min ... .max)
        var random = Seeded(state: seed)
        for _ in 0..<20_000 {
            let date = HTTPDate(
                secondsSinceEpoch: .random(in: HTTPDate.first...HTTPDate.last, using: &random)
            )
            #expect(HTTPDate(parsing: date.description, now: now) == date, "seed \(seed)")
        }
    }

    @Test func everyDayFollowsTheOneBefore() {
        var previous = HTTPDate(secondsSinceEpoch: -200_000 * 86_400).fields
        for day in -199_999..<200_000 {
            let date = HTTPDate(secondsSinceEpoch: day * 86_400).fields
            let isNextDay =
                date.month == previous.month && date.day == previous.day + 1
                || date.day == 1 && (date.month == previous.month + 1 && date.year == previous.year)
                || date.day == 1 && date.month == 1 && date.year == previous.year + 1
            #expect(isNextDay && date.weekday == (previous.weekday + 1) % 7)
            previous = date
        }
    }

    @Test(arguments: [
        "", " ", ",", "Sun,", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun,\u{301} 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "0", "784111777", "é, 06 Nov 1994 08:49:37 GMT",
    ]) func whatIsNoDateIsNone(text: String) {
        #expect(HTTPDate(parsing: text, now: now) == nil)
    }

    @Test func twoDigitsOfAYearAreAtMostFiftyYearsAhead() {
        let inThe20s = now  // 2023
        let year = { (text: String) in
            HTTPDate(parsing: "Sunday, 06-Nov-\(text) 08:49:37 GMT", now: inThe20s)?.fields.year
        }
        #expect(year("23") == 2023)
        #expect(year("73") == 2073)
        #expect(year("74") == 1974)
        #expect(year("99") == 1999)
    }

    @Test func aLeapSecondIsTheNextMinute() {
        let date = HTTPDate(parsing: "Sat, 31 Dec 2016 23:59:60 GMT", now: now)
        #expect(date?.description == "Sun, 01 Jan 2017 00:00:00 GMT")
    }

    @Test func whatCannotBeWrittenIsTheNearestThatCan() {
        #expect(HTTPDate(secondsSinceEpoch: .min).description == "Mon, 01 Jan 0001 00:00:00 GMT")
        #expect(HTTPDate(secondsSinceEpoch: .max).description == "Fri, 31 Dec 9999 23:59:59 GMT")
    }
}

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
