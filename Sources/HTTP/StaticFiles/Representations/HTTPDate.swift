/// A moment to the second, as HTTP writes it (RFC 9110 §5.6.7).
///
/// ```swift
/// HTTPDate(secondsSinceEpoch: 784_111_777).description  // "Sun, 06 Nov 1994 08:49:37 GMT"
/// ```
public struct HTTPDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, as in POSIX: leap seconds are not counted, and what was before
    /// is negative.
    public let secondsSinceEpoch: Int

    /// The first second of the year 1, before which calendars do not agree on a number.
    static let first = -62_135_596_800

    /// The last second that four digits of a year can say.
    static let last = 253_402_300_799

    /// Moments before the year 1 and after the year 9999 become the nearest that can be written.
    public init(secondsSinceEpoch: Int) {
        self.secondsSinceEpoch = min(max(secondsSinceEpoch, Self.first), Self.last)
    }

    /// IMF-fixdate, the one form that is sent: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var description: String {
        let date = fields
        // By bytes: this is in every response, and strings put together cost five times as much.
        var text: [UInt8] = []
        text.reserveCapacity(29)
        text += Self.dayNames[date.weekday].utf8
        text += ", ".utf8
        Self.append(date.day, digits: 2, to: &text)
        text.append(UInt8(ascii: " "))
        text += Self.monthNames[date.month - 1].utf8
        text.append(UInt8(ascii: " "))
        Self.append(date.year, digits: 4, to: &text)
        text.append(UInt8(ascii: " "))
        appendTime(to: &text)
        text += " GMT".utf8
        return String(decoding: text, as: UTF8.self)
    }

    /// Earlier is less.
    public static func < (left: Self, right: Self) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }
}

extension HTTPDate {
    static let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The day in the calendar: the month and day count from one, Sunday is weekday zero.
    var fields: (year: Int, month: Int, day: Int, weekday: Int) {
        // Years that begin in March put the leap day last, so a month's first day is linear in it.
        // Eras of 400 years have all the same length. Counted from March of the year 0, no day that can
        // be written is negative.
        let shifted = daysSinceEpoch + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        // 1 March of the year 0 was a Wednesday.
        return (year, month, day, (shifted + 3) % 7)
    }

    /// Rounded down, also before 1970.
    private var daysSinceEpoch: Int {
        let (days, second) = secondsSinceEpoch.quotientAndRemainder(dividingBy: 86_400)
        return second < 0 ? days - 1 : days
    }

    /// `1994-11-06T08:49:37Z` (RFC 3339).
    var timestamp: String {
        let date = fields
        var text: [UInt8] = []
        text.reserveCapacity(20)
        Self.append(date.year, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(date.month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.append(date.day, digits: 2, to: &text)
        text.append(UInt8(ascii: "T"))
        appendTime(to: &text)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// `08:49:37`.
    private func appendTime(to text: inout [UInt8]) {
        let second = secondsSinceEpoch - daysSinceEpoch * 86_400
        Self.append(second / 3_600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(second / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.append(second % 60, digits: 2, to: &text)
    }

    private static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
        var unit = digits == 4 ? 1_000 : 10
        while unit > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / unit % 10))
            unit /= 10
        }
    }

    /// Nil for a day that is not in the calendar.
    init?(year: Int, month: Int, day: Int, secondOfDay: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear / 400
        let yearOfEra = marchYear % 400
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        self.init(secondsSinceEpoch: days * 86_400 + secondOfDay)
    }
}
