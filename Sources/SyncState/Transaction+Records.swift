import AttendanceCore
import GRDB

/// Where a stored record stands.
public enum RecordState: Int, Sendable {
    case decided = 0
    case toDecide = 1
    /// Its section or student has no match; tried again with each roster refresh.
    case waitsForMatch = 2
    /// The status map has no entry for it; tried again when the map changes.
    case waitsForMap = 3
}

/// A record whose consequences have to be worked out.
public struct OpenRecord: Sendable, Equatable {
    public var day: Day
    public var school: Int64
    public var student: Int64
    /// Nil for a daily record.
    public var section: Int64?
    public var mark: CleverMark
    /// Nothing else is known of its key: no other record speaks of it, no base, no write, no conflict. And it has its place,
    /// in Schoology and in Clever's roster. So it is most of what a first scan reads, decided without asking for all of that
    /// one by one.
    public var isAlone: Bool
}

/// What a record's section and student came out as in Schoology.
public struct Placement: Sendable, Equatable {
    public var schoologySection: Int64
    public var uid: Int64
    public var enrollment: Int64
}

/// Why a key has no place in Schoology.
public struct NoPlacement: Error, Sendable, Equatable {
    public var reason: String
    /// Both are matched, so that only the section's list of members can be out of date.
    public var mayBeStale: Bool

    public init(_ reason: String, mayBeStale: Bool = false) {
        self.reason = reason
        self.mayBeStale = mayBeStale
    }
}

extension Transaction {
    /// Records to decide, newest day first. Only those of `day`, if one is given. A daily record waits until its
    /// day of its school has been read whole: a section's record that outranks it may still come.
    ///
    /// `state <> 0` is what lets SQLite use the partial index, and the order is that index's own, so that a batch
    /// costs its own rows and not all that are open.
    public func openRecords(onlyDay day: Day?, limit: Int) throws -> [OpenRecord] {
        try rows(
            """
            SELECT day, school, student, section, status, code, modified, \(Self.isAlone) FROM clever_record
            WHERE state = 1 AND state <> 0 AND (?1 IS NULL OR day = ?1)
                AND (section <> 0 OR NOT EXISTS(SELECT 1 FROM scan_unit
                    WHERE scan_unit.day = clever_record.day AND scan_unit.school = clever_record.school AND done = 0))
            ORDER BY day DESC, school DESC, student DESC, section DESC LIMIT ?2
            """, [day?.number, limit]
        ).map { row in
            let section: Int64 = row[3]
            return OpenRecord(
                day: Day(number: row[0]), school: row[1], student: row[2], section: section == 0 ? nil : section,
                mark: Self.mark(status: row[4], code: row[5], modified: row[6], daily: section == 0),
                isAlone: row[7])
        }
    }

    private static let isAlone = """
        section <> 0
            AND NOT EXISTS(SELECT 1 FROM mark WHERE mark.section = clever_record.section
                AND mark.student = clever_record.student AND mark.day = clever_record.day)
            AND NOT EXISTS(SELECT 1 FROM outbox WHERE side IN (1, 2) AND outbox.section = clever_record.section
                AND outbox.student = clever_record.student AND outbox.day = clever_record.day)
            AND NOT EXISTS(SELECT 1 FROM sent WHERE sent.section = clever_record.section
                AND sent.student = clever_record.student AND sent.day = clever_record.day)
            AND NOT EXISTS(SELECT 1 FROM csv_row WHERE csv_row.section = clever_record.section
                AND csv_row.student = clever_record.student AND csv_row.day = clever_record.day)
            AND NOT EXISTS(SELECT 1 FROM withdrawn_row WHERE withdrawn_row.section = clever_record.section
                AND withdrawn_row.student = clever_record.student AND withdrawn_row.day = clever_record.day)
            AND NOT EXISTS(SELECT 1 FROM conflict WHERE conflict.section = clever_record.section
                AND conflict.student = clever_record.student AND conflict.day = clever_record.day)
            AND NOT EXISTS(SELECT 1 FROM clever_record other INDEXED BY clever_record_key
                WHERE other.student = clever_record.student AND other.day = clever_record.day
                    AND other.section IN (0, clever_record.section)
                    AND (other.section, other.school) <> (clever_record.section, clever_record.school))
            AND EXISTS(SELECT 1 FROM membership WHERE membership.student = clever_record.student
                AND membership.section = clever_record.section)
            AND 1 = (SELECT count(*) FROM section JOIN student ON student.id = clever_record.student
                JOIN schoology_enrollment ON schoology_section = section.schoology_id
                    AND schoology_enrollment.uid = student.uid
                WHERE section.id = clever_record.section AND admin = 0 AND status = 1)
        """

    public func setState(of record: OpenRecord, _ state: RecordState, reason: String? = nil) throws {
        try run(
            """
            UPDATE clever_record SET state = ?, reason = ? WHERE day = ? AND school = ? AND student = ? AND section = ?
            """, [state.rawValue, reason, record.day.number, record.school, record.student, record.section ?? 0])
    }

    /// Puts every record that waits back to be decided: the roster, the overrides or the map changed.
    public func reopenWaitingRecords() throws -> Int {
        try run("UPDATE clever_record SET state = 1, reason = NULL WHERE state IN (2, 3) AND state <> 0")
        return db.changesCount
    }

    /// Puts the records behind one key back to wait, because the key has lost its place in Schoology.
    public func waitForMatch(_ key: Key, reason: String) throws {
        try run(
            """
            UPDATE clever_record INDEXED BY clever_record_key SET state = 2, reason = ?
            WHERE student = ? AND day = ? AND section IN (?, 0)
            """,
            [reason, key.student, key.day.number, key.section])
    }

    /// Clever's mark for a key: the section's record, else the daily one where the policy applies it here.
    ///
    /// Without `INDEXED BY` SQLite takes the primary key and reads every record of the day.
    public func cleverMark(_ key: Key, daily: DailyPolicy) throws -> CleverMark? {
        var sectionMark: CleverMark?
        var dailyMark: CleverMark?
        for row in try rows(
            """
            SELECT section, status, code, modified, school FROM clever_record INDEXED BY clever_record_key
            WHERE student = ? AND day = ? AND section IN (?, 0) ORDER BY modified
            """, [key.student, key.day.number, key.section])
        {
            let isDaily = (row[0] as Int64) == 0
            let mark = Self.mark(status: row[1], code: row[2], modified: row[3], daily: isDaily)
            if !isDaily {
                sectionMark = mark
            } else if try dailyTargets(student: key.student, school: row[4], policy: daily).contains(key.section) {
                dailyMark = mark
            }
        }
        return CleverMark.effective(section: sectionMark, daily: dailyMark)
    }

    /// The sections that a daily record of this student in this school applies to.
    public func dailyTargets(student: Int64, school: Int64, policy: DailyPolicy) throws -> [Int64] {
        guard policy != .none else { return [] }
        return policy.targets(
            of: try rows(
                """
                SELECT section.id, section.subject, section.period FROM membership
                JOIN section ON section.id = membership.section
                WHERE membership.student = ? AND section.school = ?
                """, [student, school]
            ).map { DailySection(section: $0[0], subject: $0[1], period: $0[2]) })
    }

    /// Whether Clever's roster has the student in the section.
    public func isMember(student: Int64, section: Int64) throws -> Bool {
        try row("SELECT 1 FROM membership WHERE student = ? AND section = ?", [student, section]) != nil
    }

    /// Where a key is in Schoology. Throws ``NoPlacement`` with the reason where it is nowhere.
    public func placement(section: Int64, student: Int64) throws -> Placement {
        guard
            let place = try row(
                "SELECT schoology_id, match_reason, generation FROM section WHERE id = ?", [section])
        else { throw NoPlacement("the section is unknown") }
        guard let schoologySection = place[0] as Int64? else {
            throw NoPlacement(
                place[1]
                    ?? (place[2] as Int64 == 0
                        ? "Clever's roster has no such section" : "the section has not been looked up in Schoology yet")
            )
        }
        guard
            let person = try row("SELECT uid, match_reason, generation FROM student WHERE id = ?", [student])
        else { throw NoPlacement("the student is unknown") }
        guard let uid = person[0] as Int64? else {
            throw NoPlacement(
                person[1]
                    ?? (person[2] as Int64 == 0
                        ? "Clever's roster has no such student" : "the student has not been looked up in Schoology yet")
            )
        }
        let candidates = try rows(
            "SELECT id, status, admin FROM schoology_enrollment WHERE schoology_section = ? AND uid = ?",
            [schoologySection, uid]
        ).map { EnrollmentCandidate(id: $0[0], status: $0[1], isAdmin: $0[2]) }
        switch EnrollmentChoice.choose(candidates) {
        case .found(let id):
            return Placement(schoologySection: schoologySection, uid: uid, enrollment: id)
        case .notEnrolled:
            throw NoPlacement(
                "user \(uid) is not enrolled in Schoology section \(schoologySection)", mayBeStale: true)
        case .inactive(let status):
            let name = EnrollmentStatus(rawValue: status)?.description ?? "status \(status)"
            throw NoPlacement(
                "the enrollment of user \(uid) in Schoology section \(schoologySection) is \(name)", mayBeStale: true)
        case .teacher:
            throw NoPlacement("user \(uid) is a teacher of Schoology section \(schoologySection)")
        case .ambiguous:
            throw NoPlacement("user \(uid) has several active enrollments in Schoology section \(schoologySection)")
        }
    }

    /// Clever's ids of a key, for logs and rows.
    public func cleverIDs(_ key: Key) throws -> (student: String, section: String) {
        let student = try row("SELECT clever_id FROM student WHERE id = ?", [key.student])
        let section = try row("SELECT clever_id FROM section WHERE id = ?", [key.section])
        return (student?[0] ?? "", section?[0] ?? "")
    }

    static func mark(status: Int, code: String?, modified: Int64, daily: Bool) -> CleverMark {
        CleverMark(
            status: CleverStatus(rawValue: status) ?? .present, excuseCode: code,
            lastModified: Timestamp(milliseconds: modified), daily: daily)
    }
}
