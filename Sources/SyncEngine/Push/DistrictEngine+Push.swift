import AttendanceCore
import SchoologyAPI
import SyncState
import Transport

/// Sends the outbox to Schoology, section by section: read, merge again, PUT, and act on each item's code.
extension DistrictEngine {
    static let suspension = Span.hours(24)

    /// Sends what is due. A failure of one section keeps no other from being written.
    func pushWrites() async throws {
        guard settings.direction.writesSchoology, !isPaused, !isRefusedInThisCycle else { return }
        let dueBy = kind == .once ? nil : now
        let sections = try state.reading { [now] in try $0.sectionsToPush(dueBy: dueBy, now: now) }
        guard !sections.isEmpty else { return }
        pushQueue = PushQueue(
            sections: BatchPlan.order(sections, today: today).map(\.section), batchSize: settings.schoology.batchSize)
        let workers = min(settings.schoology.maxInFlight, sections.count)
        progress = CycleProgress(step: .sending, total: sections.count)
        pushFailure = nil
        readFailuresInARow = 0
        do {
            if refusedSides.contains(.schoology), case .entry(let probe) = pushQueue.next(now: world.clock.uptime()) {
                // One section tells whether the credential works again.
                try await push(probe)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<workers { group.addTask { try await self.pushWorker() } }
                try await group.waitForAll()
            }
        } catch let failure as SideFailure {
            note(failure)
        }
        if let pushFailure { note(pushFailure) }
    }

    private func pushWorker() async throws {
        while !stopFlag.isSet, !stopsWrites {
            switch pushQueue.next(now: world.clock.uptime()) {
            case .empty: return
            case .wait(let until): await world.clock.sleep(until: until)
            case .entry(let entry):
                try await push(entry)
                advance(by: 1)
            }
        }
    }

    /// Sections in a row that could not be read, after which the side is taken to be down.
    private static let readFailuresAllowed = 5

    /// Schoology's credential was refused in this cycle, or it is down: the next cycle tries again.
    private var stopsWrites: Bool { readFailuresInARow >= Self.readFailuresAllowed || isRefusedInThisCycle }

    private var isRefusedInThisCycle: Bool {
        failures.contains { if case .refusedCredential(.schoology, _, _) = $0 { true } else { false } }
    }

    private func push(_ entry: PushQueue.Entry) async throws {
        let dueBy = kind == .once ? nil : now
        let items = try state.reading { try $0.itemsToPush(section: entry.section, dueBy: dueBy) }
            .filter { $0.attempts < RetryPolicy.triesInACycle }
        guard let newest = items.first?.key.day, let oldest = items.last?.key.day,
            let place = try state.reading({ try $0.section(entry.section) })
        else { return }
        guard let schoologyID = place.schoologyID else {
            try state.transaction { try self.loseMatch(items, $0) }
            return
        }
        var section = PushSection(
            entry: entry, schoologyID: schoologyID, wasSuspended: place.suspendedUntil != nil, items: items)
        var reservation = SchoologyClient.Reservation()
        defer { schoology.giveBack(&reservation) }
        let reading: SectionReading
        do {
            reservation = try await schoology.reserve()
            reading = try await read(section, from: oldest, through: newest, paidBy: &reservation)
        } catch {
            try await readFailed(error, section)
            return
        }
        section.readAt = world.clock.uptime()
        readFailuresInARow = 0
        try recovered(.schoology)
        let writes = try state.transaction { try self.mergeAgain(section, reading, $0) }
        for batch in BatchPlan.requests(writes, size: entry.batchSize) {
            if stopFlag.isSet || stopsWrites { return }
            do {
                // First the credits, then the marker of `put`: a wait for them must not look like a lost answer.
                try await schoology.payForWrite(&reservation)
            } catch {
                return try await readFailed(error, section)
            }
            guard try await put(batch, section, paidBy: &reservation) else { return }
        }
    }

    // MARK: Read and merge

    private func read(
        _ section: PushSection, from first: Day, through last: Day,
        paidBy reservation: inout SchoologyClient.Reservation
    ) async throws(SideFailure) -> SectionReading {
        var reading = SectionReading()
        var page = try await schoology.read(
            schoologyRequests.attendance(section: String(section.schoologyID), from: first, through: last),
            paidBy: &reservation, SchoologyAnswer.attendance)
        try reading.add(page)
        var seen: Set<String> = []
        while let next = page.next {
            guard seen.insert(next).inserted else {
                throw .malformed(.schoology, detail: "its pages of attendance go round in a circle")
            }
            page = try await schoology.read(try following(next), SchoologyAnswer.attendance)
            try reading.add(page)
        }
        return reading
    }

    /// Merges every pending key of the section with what Schoology shows now.
    private func mergeAgain(
        _ section: PushSection, _ reading: SectionReading, _ tx: Transaction
    ) throws -> [PendingWrite] {
        if section.wasSuspended { try resume(section, tx) }
        var writes: [PendingWrite] = []
        var pending: Set<SectionReading.Place> = []
        for item in section.items {
            // A newer decision may have taken the item's place while the section was read.
            guard let item = try tx.outboxItem(id: item.id) else { continue }
            let placement: Placement
            do {
                placement = try tx.placement(section: item.key.section, student: item.key.student)
            } catch let nowhere as NoPlacement {
                try tx.waitForMatch(item.key, reason: nowhere.reason)
                try tx.removeOutboxItem(item.id)
                continue
            }
            guard placement.schoologySection == section.schoologyID else { continue }
            let place = SectionReading.Place(enrollment: placement.enrollment, day: item.key.day)
            guard !reading.isUnreadable(place) else {
                let message = "Schoology's mark can't be read"
                try giveUpForNow(item, code: nil, message: message, unknown: item.sent != nil, tx)
                continue
            }
            pending.insert(place)
            guard let status = try settle(item, showing: reading.status(place), tx) else { continue }
            writes.append(
                PendingWrite(
                    item: item, enrollment: placement.enrollment, status: status, comment: reading.comment(place)))
        }
        try observeOthers(section, reading, except: pending, tx)
        return writes
    }

    /// Notes what the section shows for keys that nothing waits for: a change made in Schoology alone is drift.
    private func observeOthers(
        _ section: PushSection, _ reading: SectionReading, except pending: Set<SectionReading.Place>, _ tx: Transaction
    ) throws {
        let students = try tx.studentsByEnrollment(schoologySection: section.schoologyID)
        for (place, status) in reading.all where !pending.contains(place) {
            guard let student = students[place.enrollment] else { continue }
            try observe(Key(section: section.entry.section, student: student, day: place.day), status, tx)
        }
        // Rows of present are left out: what is stored as something else and isn't there was set to present.
        guard let newest = section.items.first?.key.day, let oldest = section.items.last?.key.day else { return }
        let enrollments = Dictionary(students.map { ($0.value, $0.key) }) { first, _ in first }
        for key in try tx.keysNotPresent(section: section.entry.section, from: oldest, through: newest) {
            guard let enrollment = enrollments[key.student] else { continue }
            let place = SectionReading.Place(enrollment: enrollment, day: key.day)
            guard !pending.contains(place), !reading.isUnreadable(place) else { continue }
            try observe(key, reading.status(place), tx)
        }
    }

    private func observe(_ key: Key, _ status: Status, _ tx: Transaction) throws {
        var mark = try tx.mark(key)
        guard mark.schoology != status else { return }
        mark.observe(status, at: now)
        try tx.save(mark, key)
    }

    /// Decides one pending key with both sides known.
    ///
    /// - Returns: what Schoology is to become, or nil when there is nothing to write.
    private func settle(_ item: OutboxItem, showing schoology: Status, _ tx: Transaction) throws -> Status? {
        var mark = try tx.mark(item.key)
        guard let clever = try cleverStatus(item.key, tx) else {
            try tx.removeOutboxItem(item.id)
            return nil
        }
        let before = mark.schoology ?? .present
        mark.observe(schoology, at: now)
        if let sent = item.sent, sent == schoology, sent != mark.base {
            // Our own write, whose answer was lost: it arrived.
            try tx.audit(
                item.key, side: .schoology, was: before, now: sent, cause: item.cause, cycle: item.cycle, at: now)
            mark.base = sent
            counts.acknowledged += 1
        }
        let input = MergeInput(
            base: mark.base, clever: clever.status, schoology: schoology, refusedClever: mark.refusedClever,
            refusedSchoology: mark.refusedSchoology, cleverModified: clever.modified,
            schoologySeen: mark.schoologySeen)
        let outcome = merge(input, rules)
        var write: Status?
        switch outcome {
        case .nothing, .drift, .write(to: .clever, _):
            try tx.dissolveConflict(item.key, now: now)
        case .heal(let status):
            try tx.audit(item.key, side: nil, was: mark.base, now: status, cause: "agreed", cycle: cycle, at: now)
            mark.base = status
            mark.refusedClever = nil
            mark.refusedSchoology = nil
            counts.healed += 1
            try tx.dissolveConflict(item.key, now: now)
        case .write(to: .schoology, let status):
            write = status
        case .conflict(let resolution):
            try logConflict(item.key, input, resolution, tx)
            if case .write(to: .schoology, let status) = resolution { write = status }
        }
        try tx.save(mark, item.key)
        if write == nil { try tx.removeOutboxItem(item.id) }
        return write
    }

    private func logConflict(
        _ key: Key, _ input: MergeInput, _ resolution: MergeOutcome.Resolution, _ tx: Transaction
    ) throws {
        let policy = settings.conflicts.policy.rawValue
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

    // MARK: PUT

    /// Sends one request and stores what each item's code says.
    ///
    /// - Returns: whether the section's next batch may go.
    private func put(
        _ batch: [PendingWrite], _ section: PushSection, paidBy reservation: inout SchoologyClient.Reservation
    ) async throws -> Bool {
        try state.transaction { tx in
            for write in batch { try tx.markSent(write.item.id, status: write.status) }
            try self.storeSpending(tx)
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
            try tryAgain(batch.map(\.item), section, code: nil, message: cause, unknown: false)
            return false
        case .told(let tooLong, let cause):
            try waitAsTold(batch, section, tooLong: tooLong, cause: cause)
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
            for (write, result) in dead { try self.reject(write.item, code: result.code, message: result.message, tx) }
        }
        counts.acknowledged += acknowledged.count
        log(
            .info, .pushSent,
            [
                "schoology_section_id": .int(section.schoologyID), "items": .int(batch.count),
                "acknowledged": .int(acknowledged.count), "failed": .int(batch.count - acknowledged.count),
            ])
        if let gone = sorted[.suspendSection], !gone.isEmpty {
            try notSent(gone.map(\.write.item))
            try suspend(section)
            return false
        }
        if let missing = sorted[.refreshRoster], !missing.isEmpty {
            try notSent(missing.map(\.write.item))
            try await refreshAfterNotFound(missing.map(\.write.item), section)
        }
        if let unknown = sorted[.unknown], !unknown.isEmpty {
            try outcomeUnknown(
                unknown.map(\.write), section, cause: "the answer gives no code for \(unknown.count) items")
        }
        if let refused = sorted[.retry], !refused.isEmpty {
            let first = refused[0].result
            try tryAgain(
                refused.map(\.write.item), section, code: first.code, message: first.message, unknown: false)
        }
        return true
    }

    private func acknowledge(_ write: PendingWrite, _ tx: Transaction) throws {
        let key = write.item.key
        var mark = try tx.mark(key)
        try tx.audit(
            key, side: .schoology, was: mark.schoology ?? .present, now: write.status, cause: write.item.cause,
            cycle: write.item.cycle, at: now)
        mark.base = write.status
        mark.schoology = write.status
        mark.schoologySeen = nil
        mark.refusedClever = nil
        mark.refusedSchoology = nil
        try tx.save(mark, key)
        try tx.dissolveConflict(key, now: now)
        try tx.removeOutboxItem(write.item.id)
    }
}
