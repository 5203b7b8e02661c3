import AttendanceCore
import GRDB

/// A batch that the safety valve stopped.
public struct HeldBatch: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case tooMany = "too_many"
        case emptied
        case everyoneTheSame = "everyone_the_same"
        /// The first writes of a new district.
        case firstCycle = "first_cycle"
        /// Everything that follows from a changed configuration.
        case configuration
    }

    public enum State: Int, Sendable {
        case held = 0
        case approved = 1
        case discarded = 2
        /// Nothing of it is wanted any more.
        case dissolved = 3

        public var name: String {
            switch self {
            case .held: "held"
            case .approved: "approved"
            case .discarded: "discarded"
            case .dissolved: "dissolved"
            }
        }
    }

    public var id: Int64
    /// Nil: both.
    public var side: Side?
    /// Nil: all of them.
    public var day: Day?
    public var school: Int64?
    public var schoolCleverID: String?
    public var kind: Kind
    public var reason: String
    public var state: State
    public var created: Timestamp
    public var cycle: Int64
    /// How many writes it holds; how many it had, once it is decided.
    public var changes: Int
    public var decided: Timestamp?
    public var decidedBy: String?
    public var decisionReason: String?
}

/// The writes to one side for one attendance date that the valve has yet to judge.
public struct UnjudgedBatch: Sendable, Equatable {
    public struct School: Sendable, Equatable {
        public var id: Int64
        public var changes: Int
    }

    public var day: Day
    /// The first of the cycles that decided them.
    public var cycle: Int64
    public var schools: [School]
    public var changes: Int { schools.reduce(0) { $0 + $1.changes } }
}

/// What the safety valve goes by, and the batches that it holds.
extension Transaction {
    // MARK: Judging

    /// Every day with writes to that side that no one has judged yet.
    public func unjudged(side: Side) throws -> [UnjudgedBatch] {
        var batches: [UnjudgedBatch] = []
        for row in try rows(
            """
            SELECT day, coalesce(school, 0), count(*), min(cycle) FROM outbox JOIN section ON section.id = outbox.section
            WHERE side = ? AND outbox.state <> 2 AND held IS NULL GROUP BY day, school ORDER BY day DESC, school
            """, [side.code])
        {
            let day = Day(number: row[0])
            let school = UnjudgedBatch.School(id: row[1], changes: row[2])
            if batches.last?.day == day {
                batches[batches.count - 1].schools.append(school)
                batches[batches.count - 1].cycle = min(batches[batches.count - 1].cycle, row[3])
            } else {
                batches.append(UnjudgedBatch(day: day, cycle: row[3], schools: [school]))
            }
        }
        return batches
    }

    /// Active enrollments in scope: of matched students in matched sections.
    ///
    /// - Parameter limit: they are counted up to there.
    public func enrollmentsInScope(upTo limit: Int) throws -> Int {
        try count(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM section JOIN schoology_enrollment ON schoology_section = section.schoology_id
                WHERE admin = 0 AND status = 1 AND uid IN (SELECT uid FROM student) LIMIT ?)
            """, [limit])
    }

    /// Each school's part of a batch, as the valve looks at it: what both sides agreed on, and what comes in its place. In
    /// one pass over the day, however many schools there are.
    public func schoolBatches(side: Side, day: Day) throws -> [Int64: WriteBatch.School] {
        var tallies: [Int64: SchoolTally] = [:]
        let stored = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT coalesce(section.school, 0), mark.student, base, outbox.status
                    FROM mark JOIN section ON section.id = mark.section
                    LEFT JOIN outbox ON outbox.side = ?1 AND outbox.section = mark.section
                        AND outbox.student = mark.student AND outbox.day = mark.day AND outbox.state <> 2
                    WHERE mark.day = ?2
                    """), arguments: [side.code, day.number])
        while let row = try stored.next() {
            let base = Status(rawValue: row[2]) ?? .present
            let status = (row[3] as Int?).flatMap(Status.init(rawValue:)) ?? base
            tallies[row[0], default: SchoolTally()].add(student: row[1], was: base, becomes: status)
        }
        // Keys that nothing was stored of: present until now.
        let new = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT coalesce(section.school, 0), outbox.student, outbox.status
                    FROM outbox JOIN section ON section.id = outbox.section
                    WHERE outbox.side = ?1 AND outbox.day = ?2 AND outbox.state <> 2
                        AND NOT EXISTS(SELECT 1 FROM mark WHERE mark.section = outbox.section
                            AND mark.student = outbox.student AND mark.day = outbox.day)
                    """), arguments: [side.code, day.number])
        while let row = try new.next() {
            let status = Status(rawValue: row[2]) ?? .present
            tallies[row[0], default: SchoolTally()].add(student: row[1], was: .present, becomes: status)
        }
        var batches: [Int64: WriteBatch.School] = [:]
        for (school, tally) in tallies {
            let statuses = tally.statuses
            let enough = SafetyValve.studentsThatMatter(
                marksBefore: tally.before, marksNow: tally.now, statuses: statuses)
            batches[school] = WriteBatch.School(
                school: school, students: try studentsInScope(school: school, upTo: enough),
                marksBefore: tally.before, marksNow: tally.now, statuses: statuses)
        }
        return batches
    }

    private struct SchoolTally {
        var before = 0
        var now = 0
        /// A student's marks of that day, a bit each.
        private var marks: [Int64: Int] = [:]

        mutating func add(student: Int64, was: Status, becomes status: Status) {
            if was != .present { before += 1 }
            guard status != .present else { return }
            now += 1
            marks[student, default: 0] |= status.bit
        }

        /// How many students have only that status: who has two different marks that day doesn't have the same as everybody.
        var statuses: [Status: Int] {
            Status.allCases.reduce(into: [:]) { statuses, status in
                let count = marks.values.count { $0 == status.bit }
                if count > 0 { statuses[status] = count }
            }
        }
    }

    private func studentsInScope(school: Int64, upTo limit: Int) throws -> Int {
        guard limit > 0 else { return 0 }
        return try count(
            """
            SELECT count(*) FROM (
                SELECT DISTINCT schoology_enrollment.uid FROM section
                JOIN schoology_enrollment ON schoology_section = section.schoology_id
                WHERE section.school = ? AND admin = 0 AND status = 1
                    AND EXISTS(SELECT 1 FROM student WHERE student.uid = schoology_enrollment.uid) LIMIT ?)
            """, [school, limit])
    }

    // MARK: Holding

    /// The open batch that writes of that kind belong to, if there is one.
    public func openBatch(kind: HeldBatch.Kind) throws -> HeldBatch? {
        try row("\(Self.heldBatches) WHERE held_batch.state = 0 AND kind = ?", [kind.rawValue]).map(Self.heldBatch)
    }

    /// The open batch of that side and day: of all schools, or of this one.
    public func openBatch(side: Side, day: Day, school: Int64?) throws -> HeldBatch? {
        try row(
            """
            \(Self.heldBatches) WHERE held_batch.state = 0 AND side = ? AND day = ? AND held_batch.school IS ?
                AND kind NOT IN ('first_cycle', 'configuration')
            """, [side.code, day.number, school]
        ).map(Self.heldBatch)
    }

    public func makeBatch(
        kind: HeldBatch.Kind, side: Side?, day: Day?, school: Int64?, reason: String, cycle: Int64, now: Timestamp
    ) throws -> Int64 {
        try run(
            """
            INSERT INTO held_batch(side, day, school, kind, reason, created, cycle) VALUES (?, ?, ?, ?, ?, ?, ?)
            """, [side?.code, day?.number, school, kind.rawValue, reason, now.milliseconds, cycle])
        return db.lastInsertedRowID
    }

    /// Puts writes that were not judged yet into a batch.
    ///
    /// - Parameter school: only those of its sections; nil takes them all.
    public func hold(side: Side, day: Day?, school: Int64? = nil, in batch: Int64) throws {
        try run(
            """
            UPDATE outbox SET held = ?1 WHERE held IS NULL AND side = ?2 AND (?3 IS NULL OR day = ?3)
                AND (?4 IS NULL OR section IN (SELECT id FROM section WHERE coalesce(school, 0) = ?4))
            """, [batch, side.code, day?.number, school])
    }

    /// All writes to that side that no batch has taken may go. Now that none is left to be judged, it no longer matters what
    /// passed before that cycle.
    public func letPass(side: Side, cycle: Int64) throws {
        try run("UPDATE outbox SET held = 0 WHERE held IS NULL AND side = ?", [side.code])
        try run("DELETE FROM passed WHERE side = ? AND cycle < ?", [side.code, cycle])
    }

    /// How many writes to that side for that day have passed since a cycle began.
    public func passed(side: Side, day: Day, since cycle: Int64) throws -> Int {
        try count(
            "SELECT coalesce(sum(changes), 0) FROM passed WHERE side = ? AND cycle >= ? AND day = ?",
            [side.code, cycle, day.number])
    }

    public func notePassed(_ changes: Int, side: Side, day: Day, cycle: Int64) throws {
        try run(
            """
            INSERT INTO passed(side, cycle, day, changes) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET changes = changes + excluded.changes
            """, [side.code, cycle, day.number, changes])
    }

    /// What a batch holds is to be judged anew, and the batch is over.
    public func dissolve(_ batch: HeldBatch, now: Timestamp) throws {
        try run("UPDATE outbox SET held = NULL WHERE held = ?", [batch.id])
        try decide(batch, .dissolved, by: nil, reason: nil, now: now)
    }

    /// Batches of which nothing is wanted any more.
    public func dissolveEmptyBatches(now: Timestamp) throws {
        try run(
            """
            UPDATE held_batch SET state = 3, changes = 0, decided = ? WHERE state = 0
                AND NOT EXISTS(SELECT 1 FROM outbox WHERE outbox.held = held_batch.id AND outbox.state <> 2)
            """, [now.milliseconds])
    }

    // MARK: An operator's word

    public func heldBatches(openOnly: Bool) throws -> [HeldBatch] {
        try rows("\(Self.heldBatches) WHERE NOT ? OR held_batch.state = 0 ORDER BY held_batch.id", [openOnly]).map(
            Self.heldBatch)
    }

    public func heldBatch(id: Int64) throws -> HeldBatch? {
        try row("\(Self.heldBatches) WHERE held_batch.id = ?", [id]).map(Self.heldBatch)
    }

    /// The writes that a batch holds, newest day first.
    public func writes(heldBy batch: Int64) throws -> [OutboxItem] {
        try rows(
            """
            SELECT \(Self.outboxColumns) FROM outbox WHERE held = ? AND state <> 2
            ORDER BY day DESC, section, student, side
            """, [batch]
        ).map(Self.outboxItem)
    }

    /// Lets a batch go: the next cycle writes it.
    public func approve(_ batch: HeldBatch, by: String, reason: String?, now: Timestamp) throws {
        try run("UPDATE outbox SET held = 0 WHERE held = ?", [batch.id])
        try decide(batch, .approved, by: by, reason: reason, now: now)
    }

    /// Refuses what a batch holds: it is not proposed again until the side that it came from changes.
    public func discard(_ batch: HeldBatch, by: String, reason: String?, now: Timestamp) throws {
        let words = "\(OutboxItem.operatorCause):\(by) discarded batch \(batch.id)" + (reason.map { ": \($0)" } ?? "")
        for item in try writes(heldBy: batch.id) { try refuse(item, cause: words, now: now) }
        try decide(batch, .discarded, by: by, reason: reason, now: now)
    }

    private func decide(
        _ batch: HeldBatch, _ state: HeldBatch.State, by: String?, reason: String?, now: Timestamp
    ) throws {
        try run(
            """
            UPDATE held_batch SET state = ?, changes = ?, decided = ?, decided_by = ?, decision_reason = ?
            WHERE id = ?
            """, [state.rawValue, batch.changes, now.milliseconds, by, reason, batch.id])
        guard state != .dissolved else { return }
        // Somebody has looked: what comes next is judged like that of any other day.
        switch batch.kind {
        case .firstCycle: try set(.isEstablished, 1)
        case .configuration: try acceptConfiguration()
        case .tooMany, .emptied, .everyoneTheSame: break
        }
    }

    private static let heldBatches = """
        SELECT held_batch.id, side, day, held_batch.school, school.clever_id, kind, reason, held_batch.state, created,
            cycle, coalesce(changes, (SELECT count(*) FROM outbox WHERE held = held_batch.id AND outbox.state <> 2)),
            decided, decided_by, decision_reason
        FROM held_batch LEFT JOIN school ON school.id = held_batch.school
        """

    private static func heldBatch(_ row: Row) -> HeldBatch {
        HeldBatch(
            id: row[0], side: (row[1] as Int?).flatMap(Side.init(code:)),
            day: (row[2] as Int32?).map(Day.init(number:)),
            school: row[3], schoolCleverID: row[4], kind: HeldBatch.Kind(rawValue: row[5]) ?? .tooMany, reason: row[6],
            state: HeldBatch.State(rawValue: row[7]) ?? .held, created: Timestamp(milliseconds: row[8]), cycle: row[9],
            changes: row[10], decided: (row[11] as Int64?).map(Timestamp.init(milliseconds:)), decidedBy: row[12],
            decisionReason: row[13])
    }
}
