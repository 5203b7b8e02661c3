import AttendanceCore
import GRDB

/// A section as Clever's roster gives it.
public struct RosterSection: Sendable, Equatable {
    public var cleverID: String
    public var school: String
    public var sisID: String?
    public var sectionNumber: String?
    public var subject: String?
    public var period: String?
    public var termID: String?
    public var students: [String]

    public init(
        cleverID: String, school: String, sisID: String?, sectionNumber: String?, subject: String?, period: String?,
        termID: String?, students: [String]
    ) {
        self.cleverID = cleverID
        self.school = school
        self.sisID = sisID
        self.sectionNumber = sectionNumber
        self.subject = subject
        self.period = period
        self.termID = termID
        self.students = students
    }
}

/// A student as Clever's roster gives it.
public struct RosterStudent: Sendable, Equatable {
    public var cleverID: String
    public var sisID: String?
    public var studentNumber: String?
    public var stateID: String?

    public init(cleverID: String, sisID: String?, studentNumber: String?, stateID: String?) {
        self.cleverID = cleverID
        self.sisID = sisID
        self.studentNumber = studentNumber
        self.stateID = stateID
    }
}

/// Clever's roster: pages are stored as they come under a new generation, which becomes the roster when the
/// last page is in. Until then, and if the refresh is broken off, the roster is the one before together with what
/// has been seen since: a generation of the current one or later.
extension Transaction {
    /// The generation that a refresh writes: later than that of any refresh before, finished or not.
    public func nextRosterGeneration() throws -> Int64 {
        let begun = try row("SELECT max(generation) FROM school")?[0] as Int64?
        return max(try number(.rosterGeneration) ?? 0, begun ?? 0) + 1
    }

    public func store(school cleverID: String, sisID: String?, generation: Int64) throws {
        try run(
            """
            INSERT INTO school(clever_id, sis_id, generation) VALUES (?, ?, ?)
            ON CONFLICT(clever_id) DO UPDATE SET sis_id = excluded.sis_id, generation = excluded.generation
            """, [cleverID, sisID, generation])
    }

    public func store(_ student: RosterStudent, generation: Int64) throws {
        try run(
            """
            INSERT INTO student(clever_id, sis_id, student_number, state_id, generation) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT(clever_id) DO UPDATE SET
                needs_lookup = needs_lookup OR sis_id IS NOT excluded.sis_id
                    OR student_number IS NOT excluded.student_number OR state_id IS NOT excluded.state_id,
                sis_id = excluded.sis_id, student_number = excluded.student_number, state_id = excluded.state_id,
                generation = excluded.generation
            """, [student.cleverID, student.sisID, student.studentNumber, student.stateID, generation])
    }

    /// - Parameter dailyFrom: who is new in the section has daily records from this day on applied anew, as it may
    ///   be the homeroom now.
    public func store(_ section: RosterSection, generation: Int64, dailyFrom: Day) throws {
        let school = try internSchool(section.school)
        try run(
            """
            INSERT INTO section(clever_id, school, sis_id, section_number, subject, period, term_id, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(clever_id) DO UPDATE SET
                needs_lookup = needs_lookup OR sis_id IS NOT excluded.sis_id
                    OR section_number IS NOT excluded.section_number,
                school = excluded.school, sis_id = excluded.sis_id, section_number = excluded.section_number,
                subject = excluded.subject, period = excluded.period, term_id = excluded.term_id,
                generation = excluded.generation
            """,
            [
                section.cleverID, school, section.sisID, section.sectionNumber, section.subject, section.period,
                section.termID, generation,
            ])
        let id = try internSection(section.cleverID).id
        var joined = false
        for cleverID in section.students {
            let student = try internStudent(cleverID).id
            try run(
                "UPDATE membership SET generation = ? WHERE student = ? AND section = ?", [generation, student, id])
            guard db.changesCount == 0 else { continue }
            try run(
                "INSERT INTO membership(student, section, generation) VALUES (?, ?, ?)", [student, id, generation])
            joined = true
            try run(
                "UPDATE clever_record SET state = 1 WHERE student = ? AND section = 0 AND day >= ? AND state = 0",
                [student, dailyFrom.number])
        }
        // Somebody new in the class: Schoology's enrollments of it have to be read again.
        if joined { try run("UPDATE section SET needs_enrollments = 1 WHERE id = ?", [id]) }
    }

    /// Makes the generation the roster. What Clever no longer lists keeps its row and its history.
    public func finishCleverRoster(generation: Int64, now: Int64) throws {
        try run("DELETE FROM membership WHERE generation <> ?", [generation])
        try set(.rosterGeneration, generation)
        try set(.rosterWanted, nil)
        try set(.cleverRosterAt, now)
    }

    /// The schools of the roster, `(interned, Clever id)`, limited to `only` unless that is empty.
    public func schools(only: [String]) throws -> [(id: Int64, cleverID: String)] {
        let wanted = Set(only)
        let generation = try number(.rosterGeneration) ?? 0
        return try rows("SELECT id, clever_id FROM school WHERE generation >= ? ORDER BY clever_id", [generation])
            .map { (id: $0[0] as Int64, cleverID: $0[1] as String) }
            .filter { wanted.isEmpty || wanted.contains($0.cleverID) }
    }

    func internSchool(_ cleverID: String) throws -> Int64 {
        if let row = try row("SELECT id FROM school WHERE clever_id = ?", [cleverID]) { return row[0] }
        try run("INSERT INTO school(clever_id) VALUES (?)", [cleverID])
        return db.lastInsertedRowID
    }

    /// - Returns: whether the id was new to this state as well.
    func internStudent(_ cleverID: String) throws -> (id: Int64, isNew: Bool) {
        if let row = try row("SELECT id FROM student WHERE clever_id = ?", [cleverID]) { return (row[0], false) }
        try run("INSERT INTO student(clever_id) VALUES (?)", [cleverID])
        return (db.lastInsertedRowID, true)
    }

    /// - Returns: whether the id was new to this state as well.
    func internSection(_ cleverID: String) throws -> (id: Int64, isNew: Bool) {
        if let row = try row("SELECT id FROM section WHERE clever_id = ?", [cleverID]) { return (row[0], false) }
        try run("INSERT INTO section(clever_id) VALUES (?)", [cleverID])
        return (db.lastInsertedRowID, true)
    }
}
