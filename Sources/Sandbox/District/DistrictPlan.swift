/// What district to make. The same plan makes the same district, id for id and mark for mark.
public struct DistrictPlan: Sendable, Hashable {
    /// Which of the exceptions that every real district has are made too.
    public enum Oddities: String, Sendable, Hashable, CaseIterable {
        /// Everyone and everything is found once on both sides, and active.
        case none
        /// People and sections on one side only, twice, without a `school_uid`, unshared, or inactive.
        case realistic
    }

    public var seed: UInt64
    public var students: Int
    /// Periods of a secondary student; an elementary student has a homeroom and two more sections.
    public var sectionsPerStudent: Int
    /// Percent of the students who go to an elementary school, where attendance is taken once a day.
    public var elementaryPercent: Int
    /// The school's day: no attendance is known for later dates.
    public var today: CalendarDay
    /// Calendar days of attendance, today included.
    public var days: Int
    public var oddities: Oddities
    /// Of the marks that aren't present today, in percent, how many a teacher has already taken in Schoology.
    public var teacherMarksPercent: Int
    /// Students have records without anybody entering them. False: every record is somebody's edit.
    public var generatesMarks = true

    public init(
        seed: UInt64 = 1, students: Int = 200, sectionsPerStudent: Int = 7, elementaryPercent: Int = 40,
        today: CalendarDay, days: Int = 21, oddities: Oddities = .realistic, teacherMarksPercent: Int = 0
    ) {
        self.seed = seed
        self.students = max(1, students)
        self.sectionsPerStudent = max(1, sectionsPerStudent)
        self.elementaryPercent = min(100, max(0, elementaryPercent))
        self.today = today
        self.days = max(1, days)
        self.oddities = oddities
        self.teacherMarksPercent = min(100, max(0, teacherMarksPercent))
    }
}
