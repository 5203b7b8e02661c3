import AttendanceCore
import SchoologyAPI
import SyncState

/// A write that was sent, and did not go through.
struct FailedTry {
    var item: OutboxItem
    /// What Schoology said of the mark, or why nothing is known of it.
    var code: Int?
    var message: String?
    var outcome: TryOutcome

    init(_ item: OutboxItem, code: Int? = nil, message: String?, _ outcome: TryOutcome) {
        self.item = item
        self.code = code
        self.message = message
        self.outcome = outcome
    }
}

/// What becomes of writes that did not go through.
extension DistrictEngine {
    /// The section could not be read, so nothing of it was sent.
    func readFailed(_ failure: SideFailure, _ section: PushSection) async throws {
        switch failure {
        case .stopped, .upload: return
        case .gone: try suspend(section)
        case .notFound where section.items.isEmpty:
            // Its match is called into question; whatever comes of that, it has been read for now.
            try state.transaction { tx in
                try tx.forget(section: section.entry.section)
                try tx.finishReading(
                    section: section.entry.section, schoologySection: section.schoologyID,
                    startedAt: section.readBegunAt, edited: false)
            }
        case .notFound: try await refreshAfterNotFound(section.items, section)
        case .refusedCredential: note(failure)
        case .unreachable, .malformed, .noResources:
            // The side's trouble, not these writes': they stay due.
            pushFailure = pushFailure ?? failure
            readFailuresInARow += 1
        case .rejected where section.items.isEmpty: pushFailure = pushFailure ?? failure
        case .rejected(_, let status, let message):
            try state.transaction { tx in
                for item in section.items {
                    try self.giveUpForNow(item, code: status, message: message, outcome: nil, tx)
                }
            }
        }
    }

    func writeFailed(_ failure: SideFailure, _ batch: [PendingWrite], _ section: PushSection) async throws {
        switch failure {
        case .upload: return
        case .stopped:
            // While it waited to be sent, or to be sent again: nothing of it left.
            try notSent(batch.map(\.item))
        case .refusedCredential:
            try notSent(batch.map(\.item))
            note(failure)
        case .gone:
            try notSent(batch.map(\.item))
            try suspend(section)
        case .notFound:
            try notSent(batch.map(\.item))
            try await refreshAfterNotFound(batch.map(\.item), section)
        case .rejected(_, let status, let message):
            var entry = section.entry
            if batch.count == 1 {
                try state.transaction { tx in
                    try tx.forgetSent(batch[0].item.key)
                    try self.reject(batch[0].item, code: status, message: message, tx)
                }
            } else {
                // One item spoils the request: halve until it stands alone.
                try notSent(batch.map(\.item))
                entry.batchSize = max(batch.count / 2, 1)
            }
            pushQueue.again(entry, at: world.clock.uptime())
        case .unreachable, .malformed, .noResources:
            try tryAgain(batch.map { FailedTry($0.item, message: failure.description, .unknown) }, section)
        }
    }

    /// Nobody knows whether it arrived: the next try begins with reading the section back.
    func outcomeUnknown(_ batch: [PendingWrite], _ section: PushSection, cause: String) throws {
        counts.unknown += batch.count
        log(
            .warning, .pushUnknown,
            [
                "schoology_section_id": .int(section.schoologyID), "items": .int(batch.count), "cause": .id(cause),
            ])
        try tryAgain(batch.map { FailedTry($0.item, message: cause, .unknown) }, section)
    }

    /// Brings writes back after a wait, or stores them for a later cycle when this one has tried enough.
    func tryAgain(_ tries: [FailedTry], _ section: PushSection) throws {
        let attempts = (tries.map(\.item.attempts).max() ?? 0) + 1
        let mayRetry = attempts < RetryPolicy.triesInACycle && schoology.takeRetry()
        counts.retried += tries.count
        try state.transaction { [now] tx in
            for failed in tries {
                let (item, code, message, outcome) = (failed.item, failed.code, failed.message, failed.outcome)
                guard mayRetry else {
                    try self.giveUpForNow(item, code: code, message: message, outcome: outcome, tx)
                    continue
                }
                try tx.postpone(
                    item, until: Timestamp(milliseconds: 0), code: code, message: message, outcome: outcome,
                    endsRound: false)
                try self.logRetry(item, code: code, attempt: attempts, nextAttempt: now, tx)
            }
        }
        guard mayRetry else { return }
        var random = WorldRandom(world: world)
        let wait = RetryPolicy.backoff(afterAttempt: attempts, using: &random)
        pushQueue.again(section.entry, at: world.clock.uptime() + wait)
    }

    /// Leaves a write for a later cycle.
    ///
    /// - Parameter outcome: how the try ended; nil where none was made.
    func giveUpForNow(_ item: OutboxItem, code: Int?, message: String?, outcome: TryOutcome?, _ tx: Transaction) throws
    {
        var random = WorldRandom(world: world)
        let until = now + RetryPolicy.nextAttempt(afterRounds: item.rounds + 1, using: &random)
        try tx.postpone(item, until: until, code: code, message: message, outcome: outcome, endsRound: true)
        try logRetry(item, code: code, attempt: item.attempts + 1, nextAttempt: until, tx)
    }

    /// 429, or too late to be sent: nothing was applied, and nothing of this counts as a try.
    func waitAsTold(_ batch: [PendingWrite], _ section: PushSection, tooLong: Bool, code: Int?, cause: String) throws {
        var entry = section.entry
        entry.waits += 1
        guard !tooLong, entry.waits <= RetryPolicy.waitsInARow else {
            try state.transaction { tx in
                for write in batch {
                    try self.giveUpForNow(write.item, code: code, message: cause, outcome: .notApplied, tx)
                }
            }
            return
        }
        try notSent(batch.map(\.item))
        pushQueue.again(entry, at: world.clock.uptime())
    }

    /// 404: the roster is refreshed once for each write; then it counts as any other 4xx.
    func refreshAfterNotFound(_ items: [OutboxItem], _ section: PushSection) async throws {
        let again = items.filter { !$0.rosterRefreshed }
        try state.transaction { tx in
            for item in items where item.rosterRefreshed {
                let message = "Schoology does not know it, after the roster was refreshed"
                try self.reject(item, code: 404, message: message, tx)
            }
            for item in again { try tx.markRosterRefreshed(item.id) }
        }
        guard !again.isEmpty else { return }
        do {
            try await refreshRoster(ofSection: section.entry.section)
            pushQueue.again(section.entry, at: world.clock.uptime())
        } catch let failure as SideFailure {
            note(failure)
        }
    }

    /// 410: the section belongs to the PowerSchool SIS Attendance App. It is left alone for a day.
    func suspend(_ section: PushSection) throws {
        let until = now + Self.suspension
        try state.transaction { try $0.suspend(section: section.entry.section, until: until) }
        log(
            .warning, .sectionSuspended,
            ["schoology_section_id": .int(section.schoologyID), "until": .id(until)])
    }

    func resume(_ section: PushSection, _ tx: Transaction) throws {
        try tx.suspend(section: section.entry.section, until: nil)
        log(.notice, .sectionResumed, ["schoology_section_id": .int(section.schoologyID)])
    }

    /// Rejected for good: a dead letter.
    func reject(_ item: OutboxItem, code: Int?, message: String?, _ tx: Transaction) throws {
        try tx.markDead(item.id, code: code, message: message)
        counts.rejected += 1
        let ids = try tx.cleverIDs(item.key)
        log(
            .error, .pushItemRejected,
            [
                "clever_student_id": .id(ids.student), "clever_section_id": .id(ids.section),
                "enrollment_id": .id(enrollment(of: item, tx)), "date": .id(item.key.day), "code": .int(code ?? 0),
                "message": .id(message ?? ""),
            ])
        log(
            .error, .outboxDead,
            [
                "id": .int(item.id), "code": .int(code ?? 0), "message": .id(message ?? ""),
                "repair": .id("`attendance-sync outbox retry \(item.id)` once the cause is mended"),
            ])
    }

    /// The section has lost its match since the write was decided: its records wait for one.
    func loseMatch(_ items: [OutboxItem], _ tx: Transaction) throws {
        for item in items {
            try tx.waitForMatch(item.key, reason: "the section has no match in Schoology any more")
            try tx.removeOutboxItem(item.id)
        }
    }

    /// The server did not apply them, and the try doesn't count.
    func notSent(_ items: [OutboxItem]) throws {
        try state.transaction { tx in
            for item in items { try tx.notSent(item) }
        }
    }

    private func enrollment(of item: OutboxItem, _ tx: Transaction) -> String {
        let placement = try? tx.placement(section: item.key.section, student: item.key.student)
        return placement.map { String($0.enrollment) } ?? ""
    }

    private func logRetry(
        _ item: OutboxItem, code: Int?, attempt: Int, nextAttempt: Timestamp, _ tx: Transaction
    ) throws {
        let ids = try tx.cleverIDs(item.key)
        log(
            .warning, .pushItemRetried,
            [
                "clever_student_id": .id(ids.student), "clever_section_id": .id(ids.section),
                "enrollment_id": .id(enrollment(of: item, tx)), "date": .id(item.key.day), "code": .int(code ?? 0),
                "attempt": .int(attempt), "next_attempt": .id(nextAttempt),
            ])
    }
}
