import AttendanceCore
import SyncState

/// The safety valve: what is decided is judged before it leaves, day by day, and what is past the thresholds waits for
/// a person.
extension DistrictEngine {
    /// Judges the writes to one side that nobody has judged yet.
    func judge(_ side: Side) throws {
        let held = try state.transaction { tx -> [HeldBatch] in
            try tx.dissolveEmptyBatches(now: now)
            let batches = try tx.unjudged(side: side)
            guard !batches.isEmpty else { return [] }
            if let kind = try reasonToHoldEverything(tx) {
                return try [self.holdEverything(kind, side: side, tx)].compactMap(\.self)
            }
            let held = try batches.flatMap { try self.judge($0, side: side, tx) }
            try tx.letPass(side: side, cycle: cycle)
            return held
        }
        heldNews += held.map(\.id)
    }

    /// Says at a cycle's end what it has held: by then both sides have been read, and what they turned out to agree on has
    /// left its batch.
    func sayHeld() {
        let batches = try? state.transaction { tx in
            try tx.dissolveEmptyBatches(now: now)
            return try heldNews.compactMap { try tx.heldBatch(id: $0) }.filter { $0.state == .held }
        }
        for batch in batches ?? [] { sayHeld(batch) }
    }

    /// Holds of a day what is past a threshold; the rest is left.
    private func judge(_ batch: UnjudgedBatch, side: Side, _ tx: Transaction) throws -> [HeldBatch] {
        let day = batch.day
        // A day that is held is held whole: what comes later may be of the same mistake.
        if let open = try tx.openBatch(side: side, day: day, school: nil) {
            try tx.hold(side: side, day: day, in: open.id)
            return []
        }
        var held: [HeldBatch] = []
        var whole = WriteBatch(side: side, day: day, changes: batch.changes, enrollments: 0, schools: [])
        // Also where the cycle that decided them was killed, or stopped, after others of its writes had left.
        whole.changes += try tx.passed(side: side, day: day, since: batch.cycle)
        if whole.changes > settings.safety.holdAboveCount {
            whole.enrollments = try tx.enrollmentsInScope(
                upTo: SafetyValve.enrollmentsThatMatter(changes: whole.changes, settings.safety))
        }
        for reason in SafetyValve.reasons(whole, settings.safety) {
            held += try hold(batch, side: side, school: nil, reason, tx)
        }
        guard held.isEmpty else { return held }
        let parts = try tx.schoolBatches(side: side, day: day)
        for school in batch.schools {
            if let open = try tx.openBatch(side: side, day: day, school: school.id) {
                try tx.hold(side: side, day: day, school: school.id, in: open.id)
                continue
            }
            let part = WriteBatch(
                side: side, day: day, changes: 0, enrollments: 0, schools: parts[school.id].map { [$0] } ?? [])
            if let reason = SafetyValve.reasons(part, settings.safety).first {
                held += try hold(batch, side: side, school: school.id, reason, tx)
            } else {
                try tx.notePassed(school.changes, side: side, day: day, cycle: cycle)
                try tx.set(.isEstablished, 1)
            }
        }
        return held
    }

    private func hold(
        _ batch: UnjudgedBatch, side: Side, school: Int64?, _ reason: SafetyValve.Reason, _ tx: Transaction
    ) throws -> [HeldBatch] {
        let kind: HeldBatch.Kind
        let words: String
        switch reason {
        case .tooMany(let changes, let enrollments):
            kind = .tooMany
            words = """
                \(changes) change\(changes == 1 ? "" : "s"), of \(enrollments) active enrollments: more than hold_above_count = \
                \(settings.safety.holdAboveCount) and hold_above_percent = \(settings.safety.holdAbovePercent)
                """
        case .emptied(_, let before):
            kind = .emptied
            words = "the school had \(before) marks other than present, and all of them are gone"
        case .everyoneTheSame(_, let status):
            kind = .everyoneTheSame
            words = "every student of the school becomes \(status)"
        }
        let id = try tx.makeBatch(
            kind: kind, side: side, day: batch.day, school: school, reason: words, cycle: cycle, now: now)
        try tx.hold(side: side, day: batch.day, school: school, in: id)
        return try [tx.heldBatch(id: id)].compactMap(\.self)
    }

    // MARK: Everything

    private func reasonToHoldEverything(_ tx: Transaction) throws -> HeldBatch.Kind? {
        if try tx.text(.appliedFingerprint) != nil { return .configuration }
        guard settings.safety.firstCycle == .hold else { return nil }
        return try tx.number(.isEstablished) == nil ? .firstCycle : nil
    }

    /// - Returns: the batch, if it is a new one.
    private func holdEverything(_ kind: HeldBatch.Kind, side: Side, _ tx: Transaction) throws -> HeldBatch? {
        if let open = try tx.openBatch(kind: kind) {
            try tx.hold(side: side, day: nil, in: open.id)
            return nil
        }
        let words =
            kind == .firstCycle
            ? "the first writes of a new district (first_cycle = \"hold\")"
            : "direction, scope, matching, mapping or time zone was changed in the configuration, and this follows from it"
        let id = try tx.makeBatch(
            kind: kind, side: nil, day: nil, school: nil, reason: words, cycle: cycle, now: now)
        try tx.hold(side: side, day: nil, in: id)
        return try tx.heldBatch(id: id)
    }

    private func sayHeld(_ batch: HeldBatch) {
        log(
            .warning, .valveHeld,
            [
                "id": .int(batch.id), "kind": .id(batch.kind.rawValue), "side": .id(batch.side?.rawValue ?? "both"),
                "date": .id(batch.day?.description ?? "all"), "clever_school_id": .id(batch.schoolCleverID ?? "all"),
                "changes": .int(batch.changes), "reason": .id(batch.reason),
                "repair": .id(
                    "look at it with `attendance-sync held show \(batch.id) --district \(settings.name)`, then `held approve` or `held discard` it"
                ),
            ])
    }
}
