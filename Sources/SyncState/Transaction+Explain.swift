import AttendanceCore
import GRDB

/// One key's whole story: what each side says, what was made of it, and every decision.
public struct KeyStory: Sendable, Equatable {
    /// A record of Clever's that stands behind the key.
    public struct Record: Sendable, Equatable {
        public var isDaily: Bool
        /// Of two records that apply here, a section's outranks the daily one; a daily one may belong elsewhere.
        public var counts: Bool
        public var status: CleverStatus
        public var excuseCode: String?
        public var modified: Timestamp
        public var state: RecordState
        public var reason: String?
    }

    /// One identity on both sides.
    public struct Match: Sendable, Equatable {
        public var cleverID: String
        public var schoologyID: Int64?
        /// `override`, or the rule that finds it.
        public var rule: String?
        /// Why there is no match.
        public var reason: String?
        /// Clever's roster has it now.
        public var isListed: Bool
    }

    /// A write that is decided, with what its row says beside it.
    public struct Write: Sendable, Equatable {
        public var item: OutboxItem
        /// The file leaves the row out; `item.message` says why.
        public var isLeftOut: Bool
        public var isOverdue: Bool
        /// The batch that keeps it.
        public var hold: HeldBatch?
    }

    /// A line of the audit trail, with the cycle that it belongs to.
    public struct Step: Sendable, Equatable {
        public var line: AuditLine
        public var cycleKind: String?
        public var cycleStarted: Timestamp?
    }

    public var key: Key
    public var detail: KeyDetail
    public var section: Match
    public var student: Match
    /// Why the key has no place in Schoology; nil where it has one.
    public var noPlacement: String?
    public var records: [Record] = []
    /// Records of this student and section that could not be understood.
    public var quarantined: [String] = []
    public var mark: StoredMark
    /// When the section's window was last read whole, until when it is suspended, and a trigger that it waits for.
    public var readAt: Timestamp?
    public var suspendedUntil: Timestamp?
    public var triggeredAt: Timestamp?
    /// What `attendance.csv` on the server says of it.
    public var inFile: Status?
    public var writes: [Write] = []
    /// What was sent to Schoology, and isn't known to be there.
    public var sent: SentMark?
    public var conflicts: [StoredConflict] = []
    public var steps: [Step] = []
    /// Older lines of the audit trail may have been purged.
    public var isTrailPurged = false
}

extension Transaction {
    /// Everything that is stored of one key. Each part is found by an index.
    ///
    /// - Parameter overrides: as they were when the matches were made.
    public func story(
        of key: Key, daily: DailyPolicy, matching: MatchingSettings, overrides: Overrides
    ) throws -> KeyStory {
        let detail = try keyDetail(key, daily: daily)
        let mark = try mark(key)
        var story = KeyStory(
            key: key, detail: detail, section: try match(section: key.section, matching, overrides),
            student: try match(student: key.student, matching, overrides), mark: mark)
        do {
            _ = try placement(section: key.section, student: key.student)
        } catch let nowhere as NoPlacement {
            story.noPlacement = nowhere.reason
        }
        story.records = try records(behind: key, daily: daily)
        story.quarantined = try rows(
            """
            SELECT reason FROM quarantine WHERE student = ? AND date = ? AND (section = ? OR section IS NULL)
            ORDER BY first_seen
            """, [detail.cleverStudent, key.day.description, detail.cleverSection]
        ).map { $0[0] }
        let place = try section(key.section)
        story.readAt = place?.readAt
        story.suspendedUntil = place?.suspendedUntil
        story.triggeredAt = try place?.schoologyID.flatMap {
            (try row("SELECT max(received) FROM trigger_note WHERE schoology_section = ?", [$0])?[0] as Int64?)
                .map(Timestamp.init(milliseconds:))
        }
        story.inFile =
            (try row(
                "SELECT status FROM csv_row WHERE section = ? AND student = ? AND day = ?",
                [key.section, key.student, key.day.number])?[0] as Int?).flatMap(Status.init(rawValue:))
        story.writes = try [Side.schoology, .clever].compactMap { try outboxItem(key, side: $0) }.map(write)
        story.sent = try sentMark(key)
        story.conflicts = try conflicts(of: key)
        story.steps = try auditTrail(key).map { line in
            let cycle = try row("SELECT kind, started FROM cycle WHERE id = ?", [line.cycle])
            return KeyStory.Step(
                line: line, cycleKind: cycle?[0],
                cycleStarted: (cycle?[1] as Int64?).map(Timestamp.init(milliseconds:)))
        }
        story.isTrailPurged = try text(.auditAnchor) != nil
        return story
    }

    private func records(behind key: Key, daily: DailyPolicy) throws -> [KeyStory.Record] {
        var records = try rows(
            """
            SELECT section, status, code, modified, state, reason, school FROM clever_record INDEXED BY clever_record_key
            WHERE student = ? AND day = ? AND section IN (?, 0) ORDER BY section DESC, modified DESC
            """, [key.student, key.day.number, key.section]
        ).map { row in
            let isDaily = (row[0] as Int64) == 0
            let applies =
                try !isDaily
                || dailyTargets(student: key.student, school: row[6], policy: daily).contains(key.section)
            return KeyStory.Record(
                isDaily: isDaily, counts: applies, status: CleverStatus(rawValue: row[1]) ?? .present,
                excuseCode: row[2], modified: Timestamp(milliseconds: row[3]),
                state: RecordState(rawValue: row[4]) ?? .decided, reason: row[5])
        }
        // As `cleverMark` chooses: the section's own, else the newest daily one.
        if let first = records.firstIndex(where: \.counts) {
            for index in records.indices where index != first { records[index].counts = false }
        }
        return records
    }

    private func write(_ item: OutboxItem) throws -> KeyStory.Write {
        let row = try row("SELECT eclipsed, overdue FROM outbox WHERE id = ?", [item.id])
        let hold = try item.held.flatMap { try heldBatch(id: $0) }.flatMap { $0.state == .held ? $0 : nil }
        return KeyStory.Write(item: item, isLeftOut: row?[0] ?? false, isOverdue: row?[1] ?? false, hold: hold)
    }

    private func match(
        section: Int64, _ matching: MatchingSettings, _ overrides: Overrides
    ) throws -> KeyStory.Match {
        guard
            let row = try row(
                """
                SELECT clever_id, schoology_id, match_reason, generation, sis_id, section_number FROM section WHERE id = ?
                """, [section])
        else { return KeyStory.Match(cleverID: "", isListed: false) }
        let cleverID: String = row[0]
        var match = KeyStory.Match(
            cleverID: cleverID, schoologyID: row[1], reason: row[2], isListed: try isListed(row[3]))
        guard let target = match.schoologyID else { return match }
        if overrides.sections[cleverID] == target {
            match.rule = "override"
            return match
        }
        match.rule = try matching.sections.first { rule in
            let code: String? =
                switch rule.clever {
                case .sisID: row[4]
                case .sectionNumber: row[5]
                case .id: cleverID
                }
            guard let code, !code.isEmpty else { return false }
            return try self.row(
                "SELECT 1 FROM schoology_section WHERE field = ? AND code = ? AND schoology_id = ?",
                [rule.schoology.rawValue, code, target]) != nil
        }?.description
        return match
    }

    private func match(
        student: Int64, _ matching: MatchingSettings, _ overrides: Overrides
    ) throws -> KeyStory.Match {
        guard
            let row = try row(
                """
                SELECT clever_id, uid, match_reason, generation, sis_id, student_number, state_id FROM student
                WHERE id = ?
                """, [student])
        else { return KeyStory.Match(cleverID: "", isListed: false) }
        let cleverID: String = row[0]
        var match = KeyStory.Match(
            cleverID: cleverID, schoologyID: row[1], reason: row[2], isListed: try isListed(row[3]))
        guard let target = match.schoologyID else { return match }
        if overrides.students[cleverID] == target {
            match.rule = "override"
            return match
        }
        match.rule = try matching.students.first { rule in
            let code: String? =
                switch rule.clever {
                case .sisID: row[4]
                case .studentNumber: row[5]
                case .stateID: row[6]
                case .id: cleverID
                }
            guard let code, !code.isEmpty else { return false }
            return try self.row(
                """
                SELECT 1 FROM schoology_enrollment WHERE school_uid = ?1 AND uid = ?2
                UNION SELECT 1 FROM schoology_user WHERE school_uid = ?1 AND uid = ?2
                """, [code, target]) != nil
        }?.description
        return match
    }

    private func isListed(_ generation: Int64) throws -> Bool {
        try generation > 0 && generation >= (number(.rosterGeneration) ?? 0)
    }
}
