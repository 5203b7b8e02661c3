import AttendanceCore
import Sandbox

/// When school is held, when its periods begin, and when its terms do.
public struct SchoolCalendar: Sendable, Hashable {
    /// No school, weekends aside.
    public var holidays: Set<Day> = []
    /// First days on which students have other sections than the day before.
    public var terms: [Day] = []
    /// From when on nobody is there; nil: the history ends before.
    public var summer: Day?
    /// Empty: people edit at any time of any day, so that a history of hours holds as much as one of weeks.
    public var bells: [Span] = []

    /// A history of weeks has a day off, that of a year everything from August to June; one of days has no calendar.
    init(_ length: Scenario.Length, firstDay: Day, _ random: inout SplitMix64) {
        guard length != .days else { return }
        bells = [0, 55, 110, 165, 255, 310, 365].map { Span.hours(8) + .minutes($0) }
        switch length {
        case .days: break
        case .weeks:
            holidays = [firstDay + random.below(7)]
            if random.below(3) == 0 { terms = [firstDay + 2 + random.below(7)] }
        case .year:
            // Labor Day, Thanksgiving, winter, Martin Luther King's day, spring, Memorial Day.
            for days in [21...21, 100...102, 126...137, 154...154, 210...214, 287...287] {
                for day in days { holidays.insert(firstDay + day) }
            }
            terms = [firstDay + 70, firstDay + 140, firstDay + 217]
            summer = firstDay + 301
        }
    }

    func isInSession(_ day: Day) -> Bool {
        day.calendarDay.isSchoolDay && !holidays.contains(day) && summer.map { day < $0 } ?? true
    }
}
