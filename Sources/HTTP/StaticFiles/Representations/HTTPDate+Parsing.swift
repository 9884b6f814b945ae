internal import HTTPCodec

extension HTTPDate {
    /// Reads any of the three forms a recipient must accept (RFC 9110 §5.6.7), or nil.
    ///
    /// IMF-fixdate, RFC 850's and asctime's. Names are case-sensitive, as the grammar has them; that
    /// the weekday fits the day is not checked.
    ///
    /// - Parameters:
    ///   - text: The field's value.
    ///   - now: Two digits of a year mean the century that is at most 50 years after it.
    public init?(parsing text: String, now: HTTPDate) {
        let words = Substring(text).pieces(between: UInt8(ascii: " "))
        guard let first = words.first else { return nil }
        let date: HTTPDate? =
            if first.utf8.last != UInt8(ascii: ",") {
                Self.asctime(words)
            } else if Self.dayNames.contains(String(first.dropLast())) {
                Self.fixdate(words)
            } else {
                Self.rfc850(words, now: now)
            }
        guard let date else { return nil }
        self = date
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func fixdate(_ words: [Substring]) -> HTTPDate? {
        guard words.count == 6, words[5] == "GMT", let day = number(words[1], digits: 2),
            let month = month(words[2]), let year = number(words[3], digits: 4),
            let second = secondOfDay(words[4])
        else { return nil }
        return HTTPDate(year: year, month: month, day: day, secondOfDay: second)
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`.
    private static func rfc850(_ words: [Substring], now: HTTPDate) -> HTTPDate? {
        guard words.count == 4, words[3] == "GMT",
            longDayNames.contains(String(words[0].dropLast()))
        else { return nil }
        let parts = words[1].pieces(between: UInt8(ascii: "-"))
        guard parts.count == 3, let day = number(parts[0], digits: 2), let month = month(parts[1]),
            let shortYear = number(parts[2], digits: 2), let second = secondOfDay(words[2])
        else { return nil }
        // What seems more than 50 years ahead is the most recent year with these two digits.
        let thisYear = now.fields.year
        var year = thisYear - thisYear % 100 + shortYear
        if year > thisYear + 50 { year -= 100 }
        if year <= thisYear - 50 { year += 100 }
        return HTTPDate(year: year, month: month, day: day, secondOfDay: second)
    }

    /// `Sun Nov  6 08:49:37 1994`: a day of one digit has two spaces before it.
    private static func asctime(_ words: [Substring]) -> HTTPDate? {
        var words = words
        if words.count == 6, words[2].isEmpty, words[3].utf8.count == 1 {
            words.remove(at: 2)
            words[2] = "0" + words[2]
        }
        guard words.count == 5, dayNames.contains(String(words[0])), let month = month(words[1]),
            let day = number(words[2], digits: 2), let second = secondOfDay(words[3]),
            let year = number(words[4], digits: 4)
        else { return nil }
        return HTTPDate(year: year, month: month, day: day, secondOfDay: second)
    }

    private static let longDayNames = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    private static func month(_ name: Substring) -> Int? {
        monthNames.firstIndex(of: String(name)).map { $0 + 1 }
    }

    private static func secondOfDay(_ text: Substring) -> Int? {
        let parts = text.pieces(between: UInt8(ascii: ":"))
        // Second 60 is a leap second, which POSIX counts as the next minute's first.
        guard parts.count == 3, let hour = number(parts[0], digits: 2), hour < 24,
            let minute = number(parts[1], digits: 2), minute < 60,
            let second = number(parts[2], digits: 2), second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        guard text.utf8.count == digits else { return nil }
        return DecimalNumber.parse(text.utf8)
    }
}
