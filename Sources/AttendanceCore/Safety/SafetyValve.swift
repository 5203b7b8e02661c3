/// One batch: what one cycle would write to one side for one attendance date.
public struct WriteBatch: Sendable, Hashable {
    /// One school's part of it.
    public struct School: Sendable, Hashable {
        public var school: Int64
        /// Students in scope: with an active enrollment in a matched section. Counted no further than it matters.
        public var students: Int
        /// Marks other than present that the changing side had before, and has now.
        public var marksBefore: Int
        public var marksNow: Int
        /// How many students have only that status, wherever they aren't present.
        public var statuses: [Status: Int]

        public init(school: Int64, students: Int, marksBefore: Int, marksNow: Int, statuses: [Status: Int]) {
            self.school = school
            self.students = students
            self.marksBefore = marksBefore
            self.marksNow = marksNow
            self.statuses = statuses
        }
    }

    public var side: Side
    public var day: Day
    public var changes: Int
    /// Active enrollments in scope. Counted no further than it matters.
    public var enrollments: Int
    public var schools: [School]

    public init(side: Side, day: Day, changes: Int, enrollments: Int, schools: [School]) {
        self.side = side
        self.day = day
        self.changes = changes
        self.enrollments = enrollments
        self.schools = schools
    }
}

public enum SafetyValve {
    /// Schools with fewer students in scope are not judged by themselves: three absent of three is no accident.
    public static let smallestSchool = 20
    /// A school whose one mark is taken back has been corrected, not emptied.
    public static let fewestMarks = 2

    public enum Reason: Sendable, Hashable {
        /// More changes than both thresholds allow.
        case tooMany(changes: Int, enrollments: Int)
        /// A school whose side had marks comes back empty.
        case emptied(school: Int64, before: Int)
        /// Every student of a school gets the same mark other than present.
        case everyoneTheSame(school: Int64, Status)
    }

    /// With so many active enrollments, or more, so many changes are no reason to hold a batch.
    public static func enrollmentsThatMatter(changes: Int, _ settings: SafetySettings) -> Int {
        guard settings.holdAbovePercent > 0 else { return .max }
        return (changes * 100 + settings.holdAbovePercent - 1) / settings.holdAbovePercent
    }

    /// With so many students, or more, a school with these marks is held or not as one with any other number of them.
    ///
    /// - Parameters: as of ``WriteBatch/School``.
    public static func studentsThatMatter(marksBefore: Int, marksNow: Int, statuses: [Status: Int]) -> Int {
        let alike = statuses.values.max() ?? 0
        if alike >= smallestSchool { return alike + 1 }
        return marksBefore >= fewestMarks && marksNow == 0 ? smallestSchool : 0
    }

    /// Why a batch must be looked at by a person before it is written; empty when it may go.
    public static func reasons(_ batch: WriteBatch, _ settings: SafetySettings) -> [Reason] {
        var reasons: [Reason] = []
        if batch.changes > settings.holdAboveCount,
            batch.changes * 100 > settings.holdAbovePercent * batch.enrollments
        {
            reasons.append(.tooMany(changes: batch.changes, enrollments: batch.enrollments))
        }
        for school in batch.schools where school.students >= smallestSchool {
            if school.marksBefore >= fewestMarks, school.marksNow == 0 {
                reasons.append(.emptied(school: school.school, before: school.marksBefore))
            }
            for status in Status.allCases where status != .present && school.statuses[status] == school.students {
                reasons.append(.everyoneTheSame(school: school.school, status))
            }
        }
        return reasons
    }
}
