import AttendanceCore
import SchoologyAPI
import SyncState

/// One PUT request, and what each item's code says.
extension DistrictEngine {
    /// Sends one request and stores what each item's code says.
    ///
    /// - Returns: whether the section's next batch may go.
    func put(
        _ batch: [PendingWrite], _ section: PushSection, paidBy reservation: inout SchoologyClient.Reservation
    ) async throws -> Bool {
        // With it the conflicts that were decided survive, should the power fail once Schoology has the marks.
        try state.durableTransaction { tx in
            for write in batch {
                try tx.markSent(write.item, status: write.status, enrollment: write.enrollment, cycle: cycle)
            }
        }
        counts.puts += 1
        counts.sent += batch.count
        let request = schoologyRequests.putAttendance(
            section: String(section.schoologyID), items: batch.map(\.wireItem))
        switch await schoology.write(request, paidBy: &reservation, readAt: section.readAt) {
        case .accepted(let response):
            guard let results = try? SchoologyAnswer.putResults(response.body), results.count == batch.count else {
                try outcomeUnknown(batch, section, cause: "the answer does not tell what became of each item")
                return false
            }
            return try await store(results, batch, section)
        case .unknown(let cause):
            try outcomeUnknown(batch, section, cause: cause)
            return false
        case .notApplied(let cause):
            try tryAgain(batch.map { FailedTry($0.item, message: cause, .notApplied) }, section)
            return false
        case .told(let tooLong, let code, let cause):
            try waitAsTold(batch, section, tooLong: tooLong, code: code, cause: cause)
            return false
        case .failed(let failure):
            try await writeFailed(failure, batch, section)
            return false
        }
    }

    private func store(
        _ results: [ItemResult], _ batch: [PendingWrite], _ section: PushSection
    ) async throws -> Bool {
        var sorted: [ItemVerdict: [(write: PendingWrite, result: ItemResult)]] = [:]
        for (write, result) in zip(batch, results) {
            let verdict = ItemVerdict.verdict(code: result.code, rosterRefreshed: write.item.rosterRefreshed)
            sorted[verdict, default: []].append((write, result))
        }
        let acknowledged = sorted[.acknowledged] ?? []
        let dead = sorted[.dead] ?? []
        try state.transaction { tx in
            for (write, _) in acknowledged { try self.acknowledge(write, tx) }
            for (write, result) in dead {
                try tx.forgetSent(write.item.key)
                try self.reject(write.item, code: result.code, message: result.message, tx)
            }
        }
        counts.acknowledged += acknowledged.count
        log(
            .info, .pushSent,
            [
                "schoology_section_id": .int(section.schoologyID), "items": .int(batch.count),
                "acknowledged": .int(acknowledged.count), "failed": .int(batch.count - acknowledged.count),
            ])
        // What became of each mark is stored before anything is asked or waited for.
        if let unknown = sorted[.unknown], !unknown.isEmpty {
            try outcomeUnknown(
                unknown.map(\.write), section, cause: "the answer gives no code for \(unknown.count) items")
        }
        if let refused = sorted[.retry], !refused.isEmpty {
            let tries = refused.map { write, result in
                FailedTry(
                    write.item, code: result.code, message: result.message,
                    ItemVerdict.mayBeWritten(code: result.code) ? .refused : .notApplied)
            }
            try tryAgain(tries, section)
        }
        let gone = (sorted[.suspendSection] ?? []).map(\.write.item)
        let missing = (sorted[.refreshRoster] ?? []).map(\.write.item)
        if !gone.isEmpty || !missing.isEmpty { try notSent(gone + missing) }
        guard gone.isEmpty else {
            try suspend(section)
            return false
        }
        if !missing.isEmpty { try await refreshAfterNotFound(missing, section) }
        return true
    }

    func acknowledge(_ write: PendingWrite, _ tx: Transaction) throws {
        let key = write.item.key
        var mark = try tx.mark(key)
        try tx.audit(
            key, side: .schoology, was: mark.schoology ?? .present, now: write.status, cause: write.item.cause,
            cycle: cycle, at: now)
        mark.schoology = write.status
        mark.enrollment = write.enrollment
        mark.schoologySeen = nil
        mark.drift = nil
        try tx.removeOutboxItem(write.item.id)
        try tx.forgetSent(key)
        guard try cleverStatus(key, tx)?.status ?? write.status == write.status else {
            // An operator decided for what neither side said: Clever has yet to be brought to it.
            return try tx.save(mark, key)
        }
        mark.base = write.status
        mark.refusedClever = nil
        mark.refusedSchoology = nil
        try tx.save(mark, key)
        try tx.dissolveConflict(key, now: now)
    }
}
