import AttendanceCore
import Foundation
import GRDB

/// What an operator's check of the roster looks at.
extension Transaction {
    /// A field of every student of these schools' sections; nil where the student has none.
    public func studentValues(_ field: MatchingSettings.StudentRule.CleverField, schools: [Int64]) throws -> [String?] {
        let generation = try number(.rosterGeneration) ?? 0
        return try rows(
            """
            SELECT \(Self.column(field)) FROM student WHERE generation >= ? AND EXISTS(
                SELECT 1 FROM membership JOIN section ON section.id = membership.section
                WHERE membership.student = student.id AND section.school IN (\(Self.list(schools)))) ORDER BY id
            """, [generation]
        ).map { $0[0] }
    }

    /// A field of every section of these schools; nil where the section has none.
    public func sectionValues(_ field: MatchingSettings.SectionRule.CleverField, schools: [Int64]) throws -> [String?] {
        let generation = try number(.rosterGeneration) ?? 0
        return try rows(
            "SELECT \(Self.column(field)) FROM section WHERE generation >= ? AND school IN (\(Self.list(schools))) ORDER BY id",
            [generation]
        ).map { $0[0] }
    }

    /// Every `school_uid` that Schoology has shown of a student.
    public func knownSchoolUIDs() throws -> Set<String> {
        Set(
            try rows(
                """
                SELECT school_uid FROM schoology_enrollment WHERE admin = 0 AND school_uid IS NOT NULL
                UNION SELECT school_uid FROM schoology_user
                """
            ).map { $0[0] as String })
    }

    /// Every code of a section that Schoology has shown.
    public func knownSectionCodes(_ field: MatchingSettings.SectionRule.SchoologyField) throws -> Set<String> {
        Set(try rows("SELECT code FROM schoology_section WHERE field = ?", [field.rawValue]).map { $0[0] as String })
    }

    /// Schoology's id of a section that is matched and not suspended, and the `school_uid` of somebody in it.
    public func exampleSection(now: Timestamp) throws -> (schoologyID: Int64, schoolUID: String?)? {
        let generation = try number(.rosterGeneration) ?? 0
        guard
            let found = try row(
                """
                SELECT schoology_id FROM section WHERE schoology_id IS NOT NULL AND generation >= ?
                    AND coalesce(suspended_until, 0) <= ? ORDER BY id LIMIT 1
                """, [generation, now.milliseconds])
        else { return nil }
        let id: Int64 = found[0]
        let uid =
            try row(
                """
                SELECT school_uid FROM schoology_enrollment
                WHERE schoology_section = ? AND admin = 0 AND status = 1 AND school_uid <> '' ORDER BY uid LIMIT 1
                """, [id])?[0] as String?
        return (id, uid)
    }
}

extension SyncState {
    /// Whether a process holds the state's lock: the daemon, or a command that runs a cycle. Nil where that can't be
    /// told.
    public static func isHeld(directory: String, district: String) -> Bool? {
        StateLock.isHeld(path: "\(directory)/\(district).lock")
    }
}
