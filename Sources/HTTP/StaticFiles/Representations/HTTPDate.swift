/// A moment to the second, as HTTP writes it (RFC 9110 §5.6.7).
///
/// ```swift
/// HTTPDate(secondsSinceEpoch: 784_111_777).description  // "Sun, 06 Nov 1994 08:49:37 GMT"
/// ```
public struct HTTPDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, as in POSIX: leap seconds are not counted.
    public let secondsSinceEpoch: Int

    /// The last second that four digits of a year can say.
    static let last = 253_402_300_799

    /// Moments before 1970 and after the year 9999 become the nearest that can be written.
    public init(secondsSinceEpoch: Int) {
        self.secondsSinceEpoch = min(max(secondsSinceEpoch, 0), Self.last)
    }

    /// IMF-fixdate, the one form that is sent: `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var description: String {
        let date = fields
        let names = "\(Self.dayNames[date.weekday]), \(Self.padded(date.day)) "
        let month = "\(Self.monthNames[date.month - 1]) \(Self.padded(date.year, 4)) "
        return names + month + "\(timeText) GMT"
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
        let days = secondsSinceEpoch / 86_400
        // Years that begin in March put the leap day last, so a month's first day is linear in it.
        // Eras of 400 years have all the same length.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return (year, month, day, (days + 4) % 7)
    }

    /// `08:49:37`, in UTC.
    var timeText: String {
        let second = secondsSinceEpoch % 86_400
        return [second / 3_600, second / 60 % 60, second % 60]
            .map { Self.padded($0) }.joined(separator: ":")
    }

    /// `1994-11-06`, in UTC (RFC 3339's full-date).
    var dayText: String {
        let date = fields
        return [Self.padded(date.year, 4), Self.padded(date.month), Self.padded(date.day)]
            .joined(separator: "-")
    }

    /// Nil for a day that is not in the calendar, or before 1970.
    init?(year: Int, month: Int, day: Int, secondOfDay: Int) {
        guard (1970...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
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

    static func padded(_ number: Int, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
