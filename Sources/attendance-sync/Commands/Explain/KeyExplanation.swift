import AttendanceCore
import SyncState

/// What `explain` shows.
struct KeyExplanation: Encodable {
    struct Match: Encodable {
        var cleverID: String
        var schoologyID: String?
        var rule: String?
        var reason: String?
        var inCleversRoster: Bool

        init(_ match: KeyStory.Match) {
            cleverID = match.cleverID
            schoologyID = match.schoologyID.map(String.init)
            rule = match.rule
            reason = match.schoologyID == nil ? match.reason : nil
            inCleversRoster = match.isListed
        }

        enum CodingKeys: String, CodingKey {
            case cleverID = "clever_id"
            case schoologyID = "schoology_id"
            case rule, reason
            case inCleversRoster = "in_clevers_roster"
        }

        func text(_ noun: String) -> String {
            guard let schoologyID else { return "\(cleverID) in Clever; no match: \(reason ?? "not looked up yet")" }
            return "\(cleverID) in Clever, \(noun) \(schoologyID) in Schoology (\(rule ?? "matched earlier"))"
                + (inCleversRoster ? "" : "; no longer in Clever's roster")
        }
    }

    struct Record: Encodable {
        var kind: String
        var counts: Bool
        var attendanceStatus: String
        var excuseCode: String?
        var means: String?
        var lastModified: String
        var state: String
        var reason: String?

        init(_ record: KeyStory.Record, _ map: StatusMap) {
            kind = record.isDaily ? "daily" : "section"
            counts = record.counts
            attendanceStatus = record.status.description
            excuseCode = record.excuseCode
            means = map.status(of: record.status, excuseCode: record.excuseCode)?.description
            lastModified = record.modified.description
            state =
                switch record.state {
                case .decided: "decided"
                case .toDecide: "to be decided"
                case .waitsForMatch: "waits for a match"
                case .waitsForMap: "waits for status_map"
                }
            reason = record.reason
        }

        enum CodingKeys: String, CodingKey {
            case kind, counts
            case attendanceStatus = "attendance_status"
            case excuseCode = "excuse_code"
            case means
            case lastModified = "last_modified"
            case state, reason
        }

        var text: String {
            let words = attendanceStatus + (excuseCode.map { ", code \($0)" } ?? "")
            return "\(words) (status_map: \(means ?? "no entry")), \(kind) record, modified \(lastModified)"
                + (state == "decided" ? "" : "; \(state)") + (counts ? "" : "; does not count here")
        }
    }

    struct Write: Encodable {
        var id: Int64
        var side: String
        var status: String
        var state: String
        var cause: String
        var cycle: Int64
        var decided: String
        var tries: Int
        var nextAttempt: String?
        var code: Int?
        var message: String?
        var uploaded: String?
        var heldBatch: Int64?

        init(_ write: KeyStory.Write) {
            let item = write.item
            id = item.id
            side = item.side.rawValue
            status = item.status.description
            state =
                switch item.state {
                case _ where write.hold != nil: "held"
                case .pending: write.isLeftOut ? "left out" : "pending"
                case .unknown: "unknown"
                case .dead: "dead"
                case .unconfirmed: write.isOverdue ? "overdue" : "unconfirmed"
                }
            cause = item.cause
            cycle = item.cycle
            decided = item.created.description
            tries = item.tries
            nextAttempt = item.state == .dead || item.nextAttempt.milliseconds == 0 ? nil : item.nextAttempt.description
            code = item.code
            message = item.message
            uploaded = item.uploaded?.description
            heldBatch = write.hold?.id
        }

        enum CodingKeys: String, CodingKey {
            case id, side, status, state, cause, cycle, decided, tries
            case nextAttempt = "next_attempt"
            case code, message, uploaded
            case heldBatch = "held_batch"
        }

        var text: String {
            var parts = ["\(status) to \(side == "clever" ? "Clever" : "Schoology"), \(state)"]
            if let heldBatch { parts.append("in batch \(heldBatch)") }
            parts.append("decided \(decided) in cycle \(cycle) (\(cause))")
            if tries > 0 { parts.append("\(tries) tries") }
            if let nextAttempt { parts.append("next \(nextAttempt)") }
            if let uploaded { parts.append("uploaded \(uploaded)") }
            if code != nil || message != nil {
                parts.append([code.map(String.init), message].compactMap(\.self).joined(separator: ": "))
            }
            return parts.joined(separator: "; ")
        }
    }

    struct Decision: Encodable {
        var at: String
        var cycle: Int64
        var cycleKind: String?
        var side: String?
        var from: String
        var to: String
        var by: String?
        var cause: String

        init(_ step: KeyStory.Step) {
            at = step.line.at.description
            cycle = step.line.cycle
            cycleKind = step.cycleKind
            side = step.line.side?.rawValue
            from = step.line.was.description
            to = step.line.now.description
            by = AuditAuthor.of(step.line.cause)
            cause = step.line.cause
        }

        enum CodingKeys: String, CodingKey {
            case at, cycle
            case cycleKind = "cycle_kind"
            case side, from, to, by, cause
        }
    }

    struct Next: Encodable {
        var sentence: String
        var command: String?
        var needsPerson: Bool

        enum CodingKeys: String, CodingKey {
            case sentence, command
            case needsPerson = "needs_person"
        }
    }

    var district: String
    var key: KeyRow
    var next: Next
    var student: Match
    var section: Match
    var noPlacement: String?
    var cleverRecords: [Record]
    var quarantined: [String]
    var schoologyFirstSeen: String?
    var sectionReadAt: String?
    var sectionSuspendedUntil: String?
    var triggerWaitsSince: String?
    var refusedClever: String?
    var refusedSchoology: String?
    var drift: String?
    var inAttendanceCSV: String?
    var sent: String?
    var outbox: [Write]
    var conflicts: [ConflictRow]
    var decisions: [Decision]
    var olderDecisionsPurged: Bool

    init(
        _ settings: DistrictSettings, _ story: KeyStory, _ circumstances: DistrictCircumstances, tx: Transaction
    ) throws {
        let clever =
            story.detail.clever.map { settings.statusMap.status(of: $0.status, excuseCode: $0.excuseCode) } ?? .present
        let outlook = KeyOutlook(story, clever: clever, settings, circumstances)
        district = settings.name
        key = KeyRow(story.detail, statusMap: settings.statusMap)
        next = Next(sentence: outlook.sentence, command: outlook.command, needsPerson: outlook.needsPerson)
        student = Match(story.student)
        section = Match(story.section)
        noPlacement = story.noPlacement
        cleverRecords = story.records.map { Record($0, settings.statusMap) }
        quarantined = story.quarantined
        schoologyFirstSeen = story.mark.schoologySeen?.description
        sectionReadAt = story.readAt?.description
        sectionSuspendedUntil = story.suspendedUntil?.description
        triggerWaitsSince = story.triggeredAt?.description
        refusedClever = story.mark.refusedClever?.description
        refusedSchoology = story.mark.refusedSchoology?.description
        drift = story.mark.drift?.rawValue
        inAttendanceCSV = story.inFile?.description
        sent = story.sent?.status.description
        outbox = story.writes.map(Write.init)
        conflicts = try story.conflicts.map { try ConflictRow(settings, $0, tx) }
        decisions = story.steps.map(Decision.init)
        olderDecisionsPurged = story.isTrailPurged
    }

    enum CodingKeys: String, CodingKey {
        case district, next, student, section
        case noPlacement = "no_placement"
        case cleverRecords = "clever_records"
        case quarantined
        case schoologyFirstSeen = "schoology_first_seen"
        case sectionReadAt = "section_read_at"
        case sectionSuspendedUntil = "section_suspended_until"
        case triggerWaitsSince = "trigger_waits_since"
        case refusedClever = "refused_clever"
        case refusedSchoology = "refused_schoology"
        case drift
        case inAttendanceCSV = "in_attendance_csv"
        case sent, outbox, conflicts, decisions
        case olderDecisionsPurged = "older_decisions_purged"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(district, forKey: .district)
        try container.encode(next, forKey: .next)
        try container.encode(student, forKey: .student)
        try container.encode(section, forKey: .section)
        try container.encodeIfPresent(noPlacement, forKey: .noPlacement)
        try container.encode(cleverRecords, forKey: .cleverRecords)
        try container.encode(quarantined, forKey: .quarantined)
        try container.encodeIfPresent(schoologyFirstSeen, forKey: .schoologyFirstSeen)
        try container.encodeIfPresent(sectionReadAt, forKey: .sectionReadAt)
        try container.encodeIfPresent(sectionSuspendedUntil, forKey: .sectionSuspendedUntil)
        try container.encodeIfPresent(triggerWaitsSince, forKey: .triggerWaitsSince)
        try container.encodeIfPresent(refusedClever, forKey: .refusedClever)
        try container.encodeIfPresent(refusedSchoology, forKey: .refusedSchoology)
        try container.encodeIfPresent(drift, forKey: .drift)
        try container.encodeIfPresent(inAttendanceCSV, forKey: .inAttendanceCSV)
        try container.encodeIfPresent(sent, forKey: .sent)
        try container.encode(outbox, forKey: .outbox)
        try container.encode(conflicts, forKey: .conflicts)
        try container.encode(decisions, forKey: .decisions)
        try container.encode(olderDecisionsPurged, forKey: .olderDecisionsPurged)
        try key.encode(to: encoder)
    }
}
