/// Days of the week, Sunday 0 to Saturday 6.
public struct WeekdaySet: Sendable, Hashable {
    /// Bit `1 << day`.
    public let bits: Int

    public init(bits: Int) {
        self.bits = bits & 0x7F
    }

    /// Reads Schoology's `meeting_days` (REST API, "Course Section"). Its page has Sunday as 0 and Saturday as 7;
    /// 6 is taken for Saturday as well, and anything else is passed over.
    public init(schoologyDays: [Int]) {
        bits = schoologyDays.reduce(0) { (0...7).contains($1) ? $0 | 1 << min($1, 6) : $0 }
    }

    public func contains(_ day: Day) -> Bool { bits & 1 << day.weekday != 0 }
}

extension Day {
    /// Sunday 0 to Saturday 6. 1970-01-01 was a Thursday.
    public var weekday: Int { Int(((number % 7) + 11) % 7) }
}
