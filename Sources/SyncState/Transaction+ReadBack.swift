import AttendanceCore
import GRDB

/// Which sections are to be read back, and what triggers said of them.
extension Transaction {
    /// Every active section: matched, in the roster, in scope, with students, and neither suspended nor of a past
    /// term in Schoology.
    ///
    /// - Parameters:
    ///   - triggeredBy: triggers that came later don't count yet.
    ///   - unreadSince: only those that were not read between then and now, or that a trigger named.
    public func sectionsToRead(
        schools: [Int64], triggeredBy: Timestamp, unreadSince: Timestamp? = nil, now: Timestamp
    ) throws -> [SectionToRead] {
        try rows(
            """
            SELECT section.id, read_at, edited_at,
                (SELECT max(meeting_days) FROM schoology_section WHERE schoology_section.schoology_id = section.schoology_id),
                \(Self.isTriggered) FROM section
            WHERE \(Self.isActive(schools))
                AND (:since IS NULL OR read_at IS NULL OR read_at <= :since OR read_at > :now OR \(Self.isTriggered))
            """,
            [
                "generation": try number(.rosterGeneration) ?? 0, "triggeredBy": triggeredBy.milliseconds,
                "now": now.milliseconds, "since": unreadSince?.milliseconds,
            ]
        ).map { row in
            SectionToRead(
                section: row[0], readAt: (row[1] as Int64?).map(Timestamp.init(milliseconds:)),
                editedAt: (row[2] as Int64?).map(Timestamp.init(milliseconds:)),
                meetingDays: (row[3] as Int?).map(WeekdaySet.init(bits:)), isTriggered: row[4])
        }
    }

    /// When the active section that was read longest ago was read.
    ///
    /// - Returns: nil where there is none.
    public func oldestReading(schools: [Int64], now: Timestamp) throws -> Timestamp?? {
        try row(
            """
            SELECT read_at FROM section INDEXED BY section_read WHERE \(Self.isActive(schools)) ORDER BY read_at LIMIT 1
            """, ["generation": try number(.rosterGeneration) ?? 0, "now": now.milliseconds]
        ).map { row in (row[0] as Int64?).map(Timestamp.init(milliseconds:)) }
    }

    /// Of `section`.
    private static let isTriggered =
        "section.schoology_id IN (SELECT schoology_section FROM trigger_note WHERE since <= :triggeredBy)"

    /// Of `section`.
    private static func isActive(_ schools: [Int64]) -> String {
        """
        section.schoology_id IS NOT NULL AND generation >= :generation AND school IN (\(list(schools)))
            AND (suspended_until IS NULL OR suspended_until <= :now)
            AND EXISTS(SELECT 1 FROM membership WHERE membership.section = section.id)
            AND NOT EXISTS(SELECT 1 FROM schoology_section past
                WHERE past.schoology_id = section.schoology_id AND past.active = 0)
        """
    }

    /// Sections that a trigger named since they were read, and until `triggeredBy`.
    public func triggeredSections(triggeredBy: Timestamp, now: Timestamp) throws -> [Int64] {
        try rows(
            """
            SELECT DISTINCT section.id FROM trigger_note
            JOIN section ON section.schoology_id = trigger_note.schoology_section
            WHERE since <= ? AND (suspended_until IS NULL OR suspended_until <= ?) ORDER BY section.id
            """, [triggeredBy.milliseconds, now.milliseconds]
        ).map { $0[0] }
    }

    public func hasTriggerNotes() throws -> Bool { try row("SELECT 1 FROM trigger_note LIMIT 1") != nil }

    /// The section's window was read whole by a read that began at `startedAt`: what triggers said before is
    /// answered.
    public func finishReading(section: Int64, schoologySection: Int64, startedAt: Timestamp, edited: Bool) throws {
        try run(
            "UPDATE section SET read_at = ?1, edited_at = CASE WHEN ?2 THEN ?1 ELSE edited_at END WHERE id = ?3",
            [startedAt.milliseconds, edited, section])
        try run(
            "DELETE FROM trigger_note WHERE schoology_section = ? AND received <= ?",
            [schoologySection, startedAt.milliseconds])
        // Those that came meanwhile wait from now on: a flood of them costs a read at a time.
        try run(
            "UPDATE trigger_note SET since = received WHERE schoology_section = ? AND since < received",
            [schoologySection])
    }

    /// When an edit of this mark was made, as far as that can be believed: a trigger's time, but not before the last
    /// read, which didn't show the edit, nor after the trigger came. Nil where no trigger told of it.
    public func triggerTime(
        schoologySection: Int64, enrollment: Int64, day: Day, lastRead: Timestamp?
    ) throws -> Timestamp? {
        guard
            let row = try row(
                """
                SELECT edited, received FROM trigger_note WHERE schoology_section = ? AND enrollment = ? AND day = ?
                """, [schoologySection, enrollment, day.number]),
            let edited = (row[0] as Int64?).map(Timestamp.init(milliseconds:))
        else { return nil }
        return min(max(edited, lastRead ?? edited), Timestamp(milliseconds: row[1]))
    }

    /// Notes what triggers say. Sections and enrollments that aren't known here are passed over, so that a flood of
    /// forged ones can't fill the state.
    ///
    /// - Returns: how many sections are to be read.
    public func note(_ notices: [TriggerNotice], now: Timestamp) throws -> Int {
        var sections: Set<Int64> = []
        for notice in notices {
            guard try row("SELECT 1 FROM section WHERE schoology_id = ?", [notice.schoologySection]) != nil else {
                continue
            }
            sections.insert(notice.schoologySection)
            var enrollment = notice.enrollment ?? 0
            let isKnown =
                try row(
                    "SELECT 1 FROM schoology_enrollment WHERE schoology_section = ? AND id = ?",
                    [notice.schoologySection, enrollment]) != nil
            if !isKnown || notice.day == nil { enrollment = 0 }
            try run(
                """
                INSERT INTO trigger_note(schoology_section, enrollment, day, edited, received, since)
                VALUES (?1, ?2, ?3, ?4, ?5, ?5)
                ON CONFLICT(schoology_section, enrollment, day) DO UPDATE SET
                    edited = max(coalesce(edited, excluded.edited), coalesce(excluded.edited, edited)),
                    received = excluded.received
                """,
                [
                    notice.schoologySection, enrollment, enrollment == 0 ? 0 : notice.day?.number ?? 0,
                    notice.editedAt?.milliseconds, now.milliseconds,
                ])
        }
        try set(.triggeredAt, now.milliseconds)
        return sections.count
    }

    /// The student of each active enrollment of a Schoology section, as ``placement(section:student:)`` finds it.
    public func activeStudents(schoologySection: Int64) throws -> [Int64: Int64] {
        var candidates: [Int64: [EnrollmentCandidate]] = [:]
        for row in try rows(
            """
            SELECT student.id, schoology_enrollment.id, status, admin FROM schoology_enrollment
            JOIN student ON student.uid = schoology_enrollment.uid WHERE schoology_section = ?
            """, [schoologySection])
        {
            candidates[row[0], default: []].append(EnrollmentCandidate(id: row[1], status: row[2], isAdmin: row[3]))
        }
        var students: [Int64: Int64] = [:]
        for (student, enrollments) in candidates {
            if case .found(let enrollment) = EnrollmentChoice.choose(enrollments) { students[enrollment] = student }
        }
        return students
    }

    public func knowsEnrollment(_ id: Int64, schoologySection: Int64) throws -> Bool {
        try row("SELECT 1 FROM schoology_enrollment WHERE schoology_section = ? AND id = ?", [schoologySection, id])
            != nil
    }
}
