import AttendanceCore
import SyncState

/// What a key's mark in Schoology is to become.
struct WantedMark {
    var status: Status
    /// Who decided it: the office, a policy or an operator.
    var cause: String
}

/// Decides one key with both sides known, and stores what follows from it: the base, the conflict log, and the rows
/// for Clever. What is to be written to Schoology is the caller's, who has just read it.
extension DistrictEngine {
    /// - Parameters:
    ///   - schoology: what Schoology shows.
    ///   - enrollment: of the mark that was read; nil where it is the stored one.
    ///   - sent: what was sent to the mark that was read, and may have arrived.
    ///   - seenAt: when the edit was made or first seen, if this is one.
    /// - Returns: what Schoology is to become, or nil when there is nothing to write.
    func settle(
        _ key: Key, showing schoology: Status, of enrollment: Int64? = nil, sent: SentMark? = nil, seenAt: Timestamp,
        _ tx: Transaction
    ) throws -> WantedMark? {
        var mark = try tx.mark(key)
        let (item, waiting) = try tx.outboxItems(key)
        if let enrollment, let known = mark.enrollment, known != enrollment {
            // The student was enrolled anew, and the old enrollment's marks went with it: nobody said "present". A
            // teacher's change that is on its way to Clever comes first; then the new mark begins from nothing. (A row that
            // puts back what the office had said is no teacher's word.)
            if let row = waiting, !row.isPutBack {
                if try reasonToWait(row, tx) != nil {
                    // The office has changed the mark meanwhile: the teacher's word is merged with that, as it was.
                    _ = try settle(key, showing: row.status, seenAt: seenAt, tx)
                }
                return nil
            }
            if mark.base != .present {
                try tx.audit(
                    key, side: nil, was: mark.base, now: .present, cause: "enrolled anew", cycle: cycle, at: now)
            }
            mark = StoredMark()
        }
        mark.enrollment = enrollment ?? mark.enrollment
        let before = mark.schoology ?? .present
        mark.observe(schoology, at: seenAt)
        if let refused = mark.refusedSchoology, refused != schoology { mark.refusedSchoology = nil }
        let hasArrived =
            try sent.map { try recognise($0, key, showing: schoology, of: enrollment, was: before, tx) } ?? false
        if hasArrived { mark.schoologySeen = nil }
        guard let clever = try cleverStatus(key, tx) else {
            if hasArrived { mark.base = schoology }
            try tx.save(mark, key)
            if let item { try tx.removeOutboxItem(item.id) }
            return nil
        }
        let decided = try tx.operatorDecision(key)
        let decision = decided.flatMap { $0.binds(clever: clever.status, schoology: schoology) ? $0 : nil }
        if hasArrived, decision == nil || clever.status == schoology { mark.base = schoology }
        let row = try recogniseEcho(key, clever.status, modified: clever.modified, waiting, &mark, tx)
        if bindsUndo(item, row, mark, clever: clever.status, schoology: schoology) {
            try tx.save(mark, key)
            if let item, item.undoes == nil { try tx.removeOutboxItem(item.id) }
            return item.flatMap { item in
                item.undoes == nil || item.status == schoology
                    ? nil : WantedMark(status: item.status, cause: item.cause)
            }
        }
        let input = MergeInput(
            base: mark.base, clever: clever.status, schoology: schoology, refusedClever: mark.refusedClever,
            refusedSchoology: mark.refusedSchoology, cleverModified: clever.modified,
            schoologySeen: mark.schoologySeen)
        var toSchoology: WantedMark?
        var toClever: Status?
        var cause = "schoology"
        mark.drift = nil
        if let decision, clever.status != schoology || schoology != decision.status {
            toSchoology =
                decision.status == schoology ? nil : WantedMark(status: decision.status, cause: decision.cause)
            toClever = decision.status == clever.status ? nil : decision.status
            cause = decision.cause
        } else {
            if let decided, decision == nil, decided.status != mark.base {
                // Before it could be carried out, or even before it was made, a side moved on.
                try tx.audit(
                    key, side: nil, was: decided.status, now: mark.base, cause: "outlived: an operator's decision",
                    cycle: cycle, at: now)
            }
            var outcome = merge(input, rules)
            let isInDoubt = try restsOnDoubt(key, input, outcome, row: row, tx)
            if isInDoubt { outcome = .conflict(.hold) }
            switch outcome {
            case .nothing: break
            case .drift(let side): mark.drift = side
            case .heal(let status):
                try tx.audit(key, side: nil, was: mark.base, now: status, cause: "agreed", cycle: cycle, at: now)
                mark.base = status
                mark.refusedClever = nil
                mark.refusedSchoology = nil
                counts.healed += 1
            case .write(to: .schoology, let status):
                toSchoology = WantedMark(status: status, cause: Self.officeCause(isDaily: clever.isDaily))
            case .write(to: .clever, let status):
                toClever = status
                cause = try rowCause(key, input, tx)
            case .conflict(let resolution):
                try logConflict(key, input, resolution, isInDoubt: isInDoubt, tx)
                cause = "policy:\(settings.conflicts.policy.rawValue)"
                switch resolution {
                case .write(to: .schoology, let status): toSchoology = WantedMark(status: status, cause: cause)
                case .write(to: .clever, let status): toClever = status
                case .leave, .hold: break
                }
            }
            if case .conflict = outcome {} else { try tx.dissolveConflict(key, now: now) }
        }
        if !rules.direction.writesSchoology { toSchoology = nil }
        if !rules.direction.writesClever { toClever = nil }
        try decideRow(key, toClever, clever: clever.status, row, cause: cause, tx)
        try tx.save(mark, key)
        if toSchoology == nil, let item { try tx.removeOutboxItem(item.id) }
        return toSchoology
    }

    /// Sees whether a reading shows what was sent before, and whose answer was lost or said that it had failed: then it
    /// arrived. Whatever else the reading shows, it didn't, and should it ever show it, that is a teacher's.
    private func recognise(
        _ sent: SentMark, _ key: Key, showing schoology: Status, of enrollment: Int64?, was before: Status,
        _ tx: Transaction
    ) throws -> Bool {
        try tx.forgetSent(key)
        guard sent.status == schoology, sent.enrollment ?? enrollment == enrollment else { return false }
        try tx.audit(
            key, side: .schoology, was: before, now: schoology, cause: sent.cause, cycle: sent.cycle, at: now)
        counts.acknowledged += 1
        return true
    }

    /// Whether an operator's undo is under way, and nobody has said anything else since.
    private func bindsUndo(
        _ item: OutboxItem?, _ row: OutboxItem?, _ mark: StoredMark, clever: Status, schoology: Status
    ) -> Bool {
        if let item, let undone = item.undoes { return schoology == undone && clever == mark.refusedClever ?? clever }
        guard let row, let undone = row.undoes else { return false }
        return schoology == mark.refusedSchoology && (clever == undone || row.isPutBack)
    }

    /// Sees whether Clever shows what a row of ours said. Then the base advances, and nothing is to be written.
    ///
    /// - Parameter row: the one that waits, if there is one.
    /// - Returns: the one that still does.
    func recogniseEcho(
        _ key: Key, _ clever: Status, modified: Timestamp?, _ row: OutboxItem?, _ mark: inout StoredMark,
        _ tx: Transaction
    ) throws -> OutboxItem? {
        guard let row, row.status == clever else {
            try recogniseEarlierRow(key, clever, modified: modified, row, &mark, tx)
            return row
        }
        if row.isPutBack {
            // Clever showed this before the row was sent. It has been taken once Clever has synced after the upload.
            guard row.state == .unconfirmed, let uploaded = row.uploadedWatermark else { return row }
            let watermark = try tx.number(.watermark).map(Timestamp.init(milliseconds:))
            guard let watermark, watermark > uploaded else { return row }
        } else if !row.isOperators || mark.schoology ?? .present == clever {
            // Else an operator's decision has reached Clever first, and Schoology has yet to agree to it.
            try tx.audit(
                key, side: nil, was: mark.base, now: clever,
                cause: row.uploads.isEmpty ? "agreed" : "confirmed by Clever", cycle: cycle, at: now)
            mark.base = clever
            mark.refusedClever = nil
            // What an operator refused of Schoology's stays refused for as long as it is there.
            if mark.schoology ?? .present == clever { mark.refusedSchoology = nil }
        }
        if row.uploads.isEmpty { counts.healed += 1 } else { counts.confirmed += 1 }
        try tx.removeOutboxItem(row.id)
        return nil
    }

    /// Sees whether Clever shows what a row of ours said that another has replaced since, or that was given up: then it was
    /// brought there, and is no word of the office.
    private func recogniseEarlierRow(
        _ key: Key, _ clever: Status, modified: Timestamp?, _ row: OutboxItem?, _ mark: inout StoredMark,
        _ tx: Transaction
    ) throws {
        guard clever != mark.base, let modified else { return }
        let isReplaced =
            row.map {
                $0.uploads.contains(clever)
                    && Transaction.canComeFromAnEarlierFile(modified, replaced: $0.uploaded)
            } ?? false
        guard try isReplaced || tx.canComeFromWithdrawnRow(key, clever, modified: modified) else { return }
        try tx.audit(
            key, side: nil, was: mark.base, now: clever, cause: "an earlier row, taken by Clever", cycle: cycle, at: now
        )
        mark.base = clever
        if mark.refusedSchoology == clever { mark.refusedSchoology = nil }
        try tx.forgetWithdrawnRow(key)
    }

    /// Brings the row for Clever into line with what was decided.
    ///
    /// A row that the file has carried can't be called back: Clever may take it at any time. If it is no longer
    /// wanted, a row that says what Clever is to keep takes its place.
    private func decideRow(
        _ key: Key, _ wanted: Status?, clever: Status, _ row: OutboxItem?, cause: String, _ tx: Transaction
    ) throws {
        if let wanted {
            if let row, row.status == wanted {
                if row.isPutBack { try tx.clearPutBack(row.id, cause: cause, cycle: cycle, now: now) }
                return
            }
            try tx.enqueue(key, side: .clever, status: wanted, cause: cause, cycle: cycle, now: now)
            counts.decided += 1
        } else if let row {
            guard !row.uploads.isEmpty, rules.direction.writesClever else { return try tx.withdraw(row) }
            guard row.status != clever else { return }
            try tx.enqueue(
                key, side: .clever, status: clever, cause: "takes back \(row.status)", isPutBack: true, cycle: cycle,
                now: now)
        }
    }

    private func logConflict(
        _ key: Key, _ input: MergeInput, _ resolution: MergeOutcome.Resolution, isInDoubt: Bool, _ tx: Transaction
    ) throws {
        let policy = isInDoubt ? RestoredBase.policy : settings.conflicts.policy.rawValue
        let outcome: String
        let isOpen: Bool
        switch resolution {
        case .write(to: let side, let status): (outcome, isOpen) = ("\(side.other) wins: \(status)", false)
        case .leave(winner: let side): (outcome, isOpen) = ("\(side) wins: left as it is", false)
        case .hold: (outcome, isOpen) = ("held", true)
        }
        guard
            let id = try tx.logConflict(
                key, input, policy: policy, outcome: outcome, open: isOpen, cycle: cycle, now: now)
        else { return }
        counts.conflicts += 1
        let ids = try tx.cleverIDs(key)
        let fields: KeyValuePairs<String, Event.Value> = [
            "id": .int(id), "clever_student_id": .id(ids.student), "clever_section_id": .id(ids.section),
            "date": .id(key.day), "base": .id(input.base), "clever": .id(input.clever),
            "schoology": .id(input.schoology), "policy": .id(policy), "outcome": .id(outcome),
        ]
        log(.notice, .conflictDetected, fields)
        if !isOpen { log(.notice, .conflictResolved, fields) }
    }
}
