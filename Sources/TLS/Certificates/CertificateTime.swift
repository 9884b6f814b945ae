/// A moment in a certificate, to the second.
///
/// It prints as `2026-11-23T10:46:52Z`.
public struct CertificateTime: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds; negative before.
    public let secondsSinceEpoch: Int64

    /// A moment.
    public init(secondsSinceEpoch: Int64) { self.secondsSinceEpoch = secondsSinceEpoch }

    /// Earlier is less.
    public static func < (left: Self, right: Self) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }

    /// RFC 3339, in UTC.
    public var description: String {
        let (day, second) = secondsSinceEpoch.quotientAndFloorRemainder(86_400)
        let (year, month, dayOfMonth) = Self.date(ofDay: day)
        let (hour, minute) = (second / 3600, second / 60 % 60)
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(dayOfMonth, 2))"
            + "T\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second % 60, 2))Z"
    }

    /// The date of a day counted from 1970-01-01 in the Gregorian calendar.
    ///
    /// In years that begin in March the leap day is the last one, and the lengths of months follow
    /// one rule: five months have 153 days.
    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Days from 0000-03-01; 400 years have 146,097 days.
        let (era, dayOfEra) = (day + 719_468).quotientAndFloorRemainder(146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            era * 400 + yearOfEra + (month <= 2 ? 1 : 0),
            month,
            dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }
}

extension Int64 {
    /// Division that rounds down, so that the remainder is never negative.
    fileprivate func quotientAndFloorRemainder(_ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

private func pad(_ number: Int64, _ width: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
