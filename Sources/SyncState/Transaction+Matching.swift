import AttendanceCore
import GRDB

/// One identity whose match came out otherwise than before.
public struct MatchChange: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case missing
        case ambiguous
    }

    public var isSection: Bool
    public var cleverID: String
    public var kind: Kind
    public var reason: String
}

/// The lines of the overrides file.
public struct Overrides: Sendable, Equatable {
    /// Clever section id to Schoology section id.
    public var sections: [String: Int64]
    /// Clever student id to Schoology uid.
    public var students: [String: Int64]

    public init(sections: [String: Int64] = [:], students: [String: Int64] = [:]) {
        self.sections = sections
        self.students = students
    }
}

/// Applies the matching rules to what is known of both rosters.
extension Transaction {
    /// One claim on an identity of Schoology's, or why there is none.
    private struct Finding {
        var id: Int64
        var cleverID: String
        var old: (target: Int64?, reason: String?)
        var outcome: MatchOutcome<Int64>
        var values: [(rule: String, value: String?)]
    }

    /// Matches every section in scope. A section whose match changes has its enrollments read anew.
    ///
    /// - Returns: the sections that are newly unmatched, or unmatched for a new reason.
    public func matchSections(
        _ rules: [MatchingSettings.SectionRule], overrides: Overrides, schools: [Int64]
    ) throws -> [MatchChange] {
        let generation = try number(.rosterGeneration) ?? 0
        var findings: [Finding] = []
        for row in try rows(
            """
            SELECT id, clever_id, sis_id, section_number, schoology_id, match_reason FROM section
            WHERE generation >= ? AND school IN (\(Self.list(schools))) ORDER BY id
            """, [generation])
        {
            let cleverID: String = row[1]
            let values = rules.map { rule -> (rule: String, value: String?) in
                switch rule.clever {
                case .sisID: (rule.description, row[2])
                case .sectionNumber: (rule.description, row[3])
                case .id: (rule.description, cleverID)
                }
            }
            var outcome: MatchOutcome<Int64>
            if let target = overrides.sections[cleverID] {
                outcome = .matched(target, rank: Matching.overrideRank)
            } else {
                outcome = Matching.resolve(
                    try zip(rules, values).map { rule, value in
                        guard let code = value.value, !code.isEmpty else { return [] }
                        return try sectionCandidates(field: rule.schoology, code: code)
                    })
            }
            findings.append(
                Finding(id: row[0], cleverID: cleverID, old: (row[4], row[5]), outcome: outcome, values: values))
        }
        return try settle(findings, isSection: true)
    }

    /// Matches every student of a section in scope, by the enrollments and users known of Schoology.
    ///
    /// - Returns: the students that are newly unmatched, or unmatched for a new reason.
    public func matchStudents(
        _ rules: [MatchingSettings.StudentRule], overrides: Overrides, schools: [Int64]
    ) throws -> [MatchChange] {
        let generation = try number(.rosterGeneration) ?? 0
        var findings: [Finding] = []
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, clever_id, sis_id, student_number, state_id, uid, match_reason FROM student
                WHERE generation >= ? AND EXISTS(
                    SELECT 1 FROM membership JOIN section ON section.id = membership.section
                    WHERE membership.student = student.id AND section.school IN (\(Self.list(schools))))
                """, arguments: [generation])
        while let row = try cursor.next() {
            let cleverID: String = row[1]
            let values = rules.map { rule -> (rule: String, value: String?) in
                switch rule.clever {
                case .sisID: (rule.description, row[2])
                case .studentNumber: (rule.description, row[3])
                case .stateID: (rule.description, row[4])
                case .id: (rule.description, cleverID)
                }
            }
            let outcome: MatchOutcome<Int64>
            if let target = overrides.students[cleverID] {
                outcome = .matched(target, rank: Matching.overrideRank)
            } else {
                outcome = Matching.resolve(
                    try values.map { value in
                        guard let code = value.value, !code.isEmpty else { return [] }
                        return try studentCandidates(schoolUID: code)
                    })
            }
            findings.append(
                Finding(id: row[0], cleverID: cleverID, old: (row[5], row[6]), outcome: outcome, values: values))
        }
        return try settle(findings, isSection: false)
    }

    /// Those of the students that have a match now.
    public func matchedStudents(among cleverIDs: [String]) throws -> [String] {
        try cleverIDs.filter {
            try row("SELECT 1 FROM student WHERE clever_id = ? AND uid IS NOT NULL", [$0]) != nil
        }
    }

    private func settle(_ findings: [Finding], isSection: Bool) throws -> [MatchChange] {
        let claims = findings.compactMap { finding -> (claimant: Int64, target: Int64, rank: Int)? in
            guard case .matched(let target, let rank) = finding.outcome else { return nil }
            return (finding.id, target, rank)
        }
        let refused = Matching.doubleClaims(claims)
        let (noun, cleverNoun) = isSection ? ("section", "section") : ("user", "student")
        var changes: [MatchChange] = []
        for finding in findings {
            var target: Int64?
            var kind: MatchChange.Kind?
            var reason: String?
            switch finding.outcome {
            case .matched(let found, _):
                if refused[finding.id] == nil {
                    target = found
                } else {
                    kind = .ambiguous
                    reason = "Schoology \(noun) \(found) is claimed by more than one Clever \(cleverNoun)"
                }
            case .missing:
                kind = .missing
                let tried = finding.values.map { "\($0.rule) (\($0.value ?? "none in Clever"))" }
                reason = "no Schoology \(noun) for " + tried.joined(separator: ", ")
            case .ambiguous(let candidates, let rank):
                kind = .ambiguous
                let value = finding.values[rank]
                let ids = candidates.sorted().map(String.init).joined(separator: ", ")
                reason = "\(candidates.count) Schoology \(noun)s for \(value.rule) (\(value.value ?? "")): \(ids)"
            }
            guard target != finding.old.target || reason != finding.old.reason else { continue }
            if isSection {
                try run(
                    """
                    UPDATE section SET schoology_id = ?, match_kind = ?, match_reason = ?,
                        needs_enrollments = needs_enrollments OR schoology_id IS NOT ? WHERE id = ?
                    """, [target, kind?.rawValue, reason, target, finding.id])
            } else {
                try run(
                    "UPDATE student SET uid = ?, match_kind = ?, match_reason = ? WHERE id = ?",
                    [target, kind?.rawValue, reason, finding.id])
            }
            if let target {
                // What Clever no longer lists gives up its match to what took its place.
                let (table, column) = isSection ? ("section", "schoology_id") : ("student", "uid")
                let generation = try number(.rosterGeneration) ?? 0
                try run(
                    """
                    UPDATE \(table) SET \(column) = NULL, match_kind = 'missing', match_reason = 'replaced in the roster'
                    WHERE \(column) = ? AND generation < ?
                    """, [target, generation])
            }
            if let kind, let reason {
                changes.append(
                    MatchChange(isSection: isSection, cleverID: finding.cleverID, kind: kind, reason: reason))
            }
        }
        return changes
    }

    /// Sections with that code. Of several, sections that Schoology calls inactive (past terms) don't count
    /// beside an active one.
    private func sectionCandidates(
        field: MatchingSettings.SectionRule.SchoologyField, code: String
    ) throws -> [Int64] {
        let found = try rows(
            "SELECT schoology_id, active FROM schoology_section WHERE field = ? AND code = ? ORDER BY schoology_id",
            [field.rawValue, code]
        ).map { (id: $0[0] as Int64, active: $0[1] as Bool?) }
        let active = found.filter { $0.active == true }
        return (found.count > 1 && !active.isEmpty ? active : found).map(\.id)
    }

    private func studentCandidates(schoolUID: String) throws -> [Int64] {
        try rows(
            """
            SELECT uid FROM schoology_enrollment WHERE school_uid = ?1
            UNION SELECT uid FROM schoology_user WHERE school_uid = ?1 ORDER BY uid
            """, [schoolUID]
        ).map { $0[0] }
    }
}
