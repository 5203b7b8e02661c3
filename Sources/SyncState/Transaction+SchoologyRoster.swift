import AttendanceCore
import GRDB

/// One enrollment as Schoology gives it.
public struct RosterEnrollment: Sendable, Equatable {
    public var id: Int64
    public var uid: Int64
    public var schoolUID: String?
    public var isAdmin: Bool
    public var status: Int

    public init(id: Int64, uid: Int64, schoolUID: String?, isAdmin: Bool, status: Int) {
        self.id = id
        self.uid = uid
        self.schoolUID = schoolUID
        self.isAdmin = isAdmin
        self.status = status
    }
}

/// Schoology's roster: what has to be asked is marked on the rows, and unmarked as the answers are stored, so
/// that a refresh that was interrupted goes on where it was.
extension Transaction {
    /// Marks everything in scope as to be asked again.
    public func forgetSchoologyRoster(schools: [Int64]) throws {
        let list = Self.list(schools)
        try db.execute(
            sql: "UPDATE section SET needs_lookup = 1, needs_enrollments = 1 WHERE school IN (\(list))")
        try run("UPDATE student SET needs_lookup = 1")
    }

    /// Marks one section as to be asked again, because Schoology answered 404 for it.
    public func forget(section: Int64) throws {
        try run("UPDATE section SET needs_lookup = 1, needs_enrollments = 1 WHERE id = ?", [section])
    }

    public func forgetEnrollments(ofSection section: Int64) throws {
        try run("UPDATE section SET needs_enrollments = 1 WHERE id = ?", [section])
    }

    /// Sections of the roster that still have to be looked up, with the codes to ask for.
    public func sectionsToLookUp(
        _ fields: [MatchingSettings.SectionRule.CleverField], schools: [Int64], limit: Int
    ) throws -> [(section: Int64, codes: [String])] {
        let generation = try number(.rosterGeneration) ?? 0
        let columns = (["id"] + fields.map(Self.column)).joined(separator: ", ")
        return try rows(
            """
            SELECT \(columns) FROM section
            WHERE needs_lookup = 1 AND generation >= ? AND school IN (\(Self.list(schools))) ORDER BY id LIMIT ?
            """, [generation, limit]
        ).map { row in
            (section: row[0], codes: (1..<row.count).compactMap { row[$0] as String? }.filter { !$0.isEmpty })
        }
    }

    /// Stores what Schoology answered for `codes`: what it left out doesn't exist.
    public func store(
        field: MatchingSettings.SectionRule.SchoologyField, codes: [String],
        sections: [(code: String, id: Int64, active: Bool?, meetingDays: WeekdaySet?)]
    ) throws {
        for code in codes {
            try run("DELETE FROM schoology_section WHERE field = ? AND code = ?", [field.rawValue, code])
        }
        for section in sections {
            try run(
                """
                INSERT OR REPLACE INTO schoology_section(field, code, schoology_id, active, meeting_days)
                VALUES (?, ?, ?, ?, ?)
                """, [field.rawValue, section.code, section.id, section.active, section.meetingDays?.bits])
        }
    }

    public func finishLookup(of sections: [Int64]) throws {
        for section in sections { try run("UPDATE section SET needs_lookup = 0 WHERE id = ?", [section]) }
    }

    public func sectionsNeedLookup(schools: [Int64]) throws -> Bool {
        let generation = try number(.rosterGeneration) ?? 0
        return try count(
            """
            SELECT EXISTS(SELECT 1 FROM section
                WHERE needs_lookup = 1 AND generation >= ? AND school IN (\(Self.list(schools))))
            """, [generation]) == 1
    }

    /// Matched sections whose enrollments have to be read, `(interned, Schoology id)`.
    public func sectionsToEnroll(
        after: Int64, schools: [Int64], limit: Int
    ) throws -> [(section: Int64, schoologyID: Int64)] {
        try rows(
            """
            SELECT id, schoology_id FROM section
            WHERE needs_enrollments = 1 AND schoology_id IS NOT NULL AND id > ? AND school IN (\(Self.list(schools)))
            ORDER BY id LIMIT ?
            """, [after, limit]
        ).map { (section: $0[0], schoologyID: $0[1]) }
    }

    /// Puts these enrollments in the place of those known of the section.
    public func store(enrollments: [RosterEnrollment], section: Int64, schoologyID: Int64) throws {
        try run("DELETE FROM schoology_enrollment WHERE schoology_section = ?", [schoologyID])
        for enrollment in enrollments {
            try run(
                """
                INSERT OR REPLACE INTO schoology_enrollment(schoology_section, id, uid, school_uid, admin, status)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    schoologyID, enrollment.id, enrollment.uid, enrollment.schoolUID, enrollment.isAdmin,
                    enrollment.status,
                ])
        }
        try run("UPDATE section SET needs_enrollments = 0 WHERE id = ?", [section])
    }

    /// Unmatched students to look up by the values of their matching fields, `(interned, school_uids)`.
    public func studentsToLookUp(
        _ rules: [MatchingSettings.StudentRule], schools: [Int64], limit: Int
    ) throws -> [(student: Int64, codes: [String])] {
        let generation = try number(.rosterGeneration) ?? 0
        let columns = rules.map { Self.column($0.clever) }.joined(separator: ", ")
        guard !columns.isEmpty else { return [] }
        return try rows(
            """
            SELECT id, \(columns) FROM student
            WHERE needs_lookup = 1 AND uid IS NULL AND match_kind = 'missing' AND generation >= ?
                AND EXISTS(SELECT 1 FROM membership JOIN section ON section.id = membership.section
                    WHERE membership.student = student.id AND section.school IN (\(Self.list(schools))))
            ORDER BY id LIMIT ?
            """, [generation, limit]
        ).map { row in
            let codes = (1..<row.count).compactMap { row[$0] as String? }.filter { !$0.isEmpty }
            return (student: row[0], codes: codes)
        }
    }

    public func store(users: [(schoolUID: String, uid: Int64)], asked: [String], students: [Int64]) throws {
        for code in asked { try run("DELETE FROM schoology_user WHERE school_uid = ?", [code]) }
        for user in users {
            try run(
                "INSERT OR IGNORE INTO schoology_user(school_uid, uid) VALUES (?, ?)", [user.schoolUID, user.uid])
        }
        for student in students { try run("UPDATE student SET needs_lookup = 0 WHERE id = ?", [student]) }
    }

    /// Whether everything in scope has been asked and matched: nothing is new, and no refresh was cut off.
    public func schoologyRosterIsFresh(schools: [Int64]) throws -> Bool {
        let generation = try number(.rosterGeneration) ?? 0
        let list = Self.list(schools)
        return try count(
            """
            SELECT EXISTS(SELECT 1 FROM section WHERE generation >= ?1 AND school IN (\(list))
                    AND (needs_lookup = 1 OR (needs_enrollments = 1 AND schoology_id IS NOT NULL)
                        OR (schoology_id IS NULL AND match_kind IS NULL)))
                OR EXISTS(SELECT 1 FROM student WHERE generation >= ?1 AND uid IS NULL
                    AND (match_kind IS NULL OR (match_kind = 'missing' AND needs_lookup = 1))
                    AND EXISTS(SELECT 1 FROM membership JOIN section ON section.id = membership.section
                        WHERE membership.student = student.id AND section.school IN (\(list))))
            """, [generation]) == 0
    }

    public struct RosterTotals: Sendable, Equatable {
        public var sections = 0
        public var matchedSections = 0
        public var students = 0
        public var matchedStudents = 0
    }

    /// Sections in scope and the students in them, and how many of each have a match.
    public func rosterTotals(schools: [Int64]) throws -> RosterTotals {
        let generation = try number(.rosterGeneration) ?? 0
        var totals = RosterTotals()
        if let row = try row(
            "SELECT count(*), count(schoology_id) FROM section WHERE generation >= ? AND school IN (\(Self.list(schools)))",
            [generation])
        {
            (totals.sections, totals.matchedSections) = (row[0], row[1])
        }
        if let row = try row(
            """
            SELECT count(*), count(uid) FROM student WHERE generation >= ? AND EXISTS(
                SELECT 1 FROM membership JOIN section ON section.id = membership.section
                WHERE membership.student = student.id AND section.school IN (\(Self.list(schools))))
            """, [generation])
        {
            (totals.students, totals.matchedStudents) = (row[0], row[1])
        }
        return totals
    }

    static func column(_ field: MatchingSettings.SectionRule.CleverField) -> String {
        switch field {
        case .sisID: "sis_id"
        case .sectionNumber: "section_number"
        case .id: "clever_id"
        }
    }

    static func column(_ field: MatchingSettings.StudentRule.CleverField) -> String {
        switch field {
        case .sisID: "sis_id"
        case .studentNumber: "student_number"
        case .stateID: "state_id"
        case .id: "clever_id"
        }
    }

    static func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ",") }
}
