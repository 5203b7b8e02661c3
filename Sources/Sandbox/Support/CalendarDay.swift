/// A day of the civil calendar, which has no time zone. Both APIs write it `YYYY-MM-DD`.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public var epochDay: Int32

    public init(epochDay: Int32) {
        self.epochDay = epochDay
    }

    /// The day in the proleptic Gregorian calendar; month and day are not checked.
    public init(year: Int, month: Int, day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        epochDay = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Nil unless `text` is a day that exists, written `YYYY-MM-DD`.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
        guard civil == (year, month, day) else { return nil }
    }

    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        left.epochDay < right.epochDay
    }

    public func adding(days: Int) -> CalendarDay {
        CalendarDay(epochDay: epochDay + Int32(days))
    }

    /// Monday to Friday.
    public var isSchoolDay: Bool {
        let weekday = (Int(epochDay) + 4) % 7
        let sundayFirst = weekday < 0 ? weekday + 7 : weekday
        return (1...5).contains(sundayFirst)
    }

    /// Year, month and day.
    public var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(epochDay) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    public var description: String {
        let (year, month, day) = civil
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }
}

extension CalendarDay: ExpressibleByStringLiteral {
    /// For tests; a literal that is no day stops the program.
    public init(stringLiteral text: String) {
        guard let day = CalendarDay(text) else { preconditionFailure("not a day: \(text)") }
        self = day
    }
}

/// `number` in decimal with zeros before it.
func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return digits.utf8.count >= width ? digits : String(repeating: "0", count: width - digits.utf8.count) + digits
}
