import AttendanceCore
import SchoologyAPI
import SyncState

/// The visit of one section: read it, merge every key that may have moved, and write what is decided.
extension DistrictEngine {
    /// Visits one section: reads it, merges every key that may have moved, and writes what is decided.
    func visit(_ entry: PushQueue.Entry) async throws {
        // A trigger may name a section that is being visited just now.
        guard visiting.insert(entry.section).inserted else {
            return pushQueue.again(entry, at: world.clock.uptime() + .seconds(1))
        }
        defer { visiting.remove(entry.section) }
        let dueBy = kind == .once ? nil : now
        let items =
            entry.readsBackOnly
            ? []
            : try state.reading { try $0.itemsToPush(section: entry.section, dueBy: dueBy) }
                .filter { $0.attempts < RetryPolicy.triesInACycle }
        guard !items.isEmpty || entry.readsBackOnly, let place = try state.reading({ try $0.section(entry.section) })
        else { return }
        // It may have answered 410 since it was put on the list.
        if let until = place.suspendedUntil, until > now { return }
        guard let schoologyID = place.schoologyID else {
            try state.transaction { try self.loseMatch(items, $0) }
            return
        }
        var section = PushSection(
            entry: entry, schoologyID: schoologyID, wasSuspended: place.suspendedUntil != nil, items: items,
            window: try window(entry.section, items), lastReadAt: place.readAt)
        var reservation = SchoologyClient.Reservation()
        defer { schoology.giveBack(&reservation) }
        var reading: SectionReading
        do {
            if !items.isEmpty, !isRehearsal { reservation = try await schoology.reserve() }
            section.readBegunAt = now
            reading = try await read(section, paidBy: &reservation)
            section.readAt = world.clock.uptime()
            if try await checkEnrollments(of: section, reading) {
                // Marks that are gone are believed when they are gone twice: one odd answer erases nobody's record.
                section.readBegunAt = now
                reading = try await read(section, paidBy: &reservation)
                section.readAt = world.clock.uptime()
            }
        } catch {
            try await readFailed(error, section)
            return
        }
        readFailuresInARow = 0
        counts.sectionsRead += 1
        for key in reading.unreadableKeys where unreadableSaid.insert(key).inserted {
            log(
                .warning, .recordQuarantined,
                [
                    "schoology_section_id": .int(schoologyID), "enrollment_id": .id(key.enrollmentID),
                    "date": .id(key.day?.description ?? ""),
                    "reason": "Schoology's mark can't be understood; what it says of this student is left alone",
                ])
        }
        try recovered(.schoology)
        let writes = try state.transaction { try self.mergeAgain(section, reading, $0) }
        for batch in BatchPlan.requests(writes, size: entry.batchSize) {
            if stopFlag.isSet || stopsWrites { return }
            if isRehearsal {
                try rehearse(batch, section)
                continue
            }
            do {
                // First the credits, then the marker of `put`: a wait for them must not look like a lost answer.
                try await schoology.payForWrite(&reservation)
            } catch {
                return try await readFailed(error, section)
            }
            // What was decided waits in the outbox.
            guard try !isWritingPaused else { return }
            // The wait was longer than what was read is good for: a teacher may have been quicker.
            guard schoology.isFresh(readAt: section.readAt) else {
                return pushQueue.again(entry, at: world.clock.uptime())
            }
            guard try await put(batch, section, paidBy: &reservation) else { return }
        }
    }

    /// The days to read: those of the writes that wait and, once all of Clever's have been read in this cycle, the
    /// whole window, as it costs the same request; with an older day of which nobody knows yet what arrived.
    private func window(_ section: Int64, _ items: [OutboxItem]) throws -> ClosedRange<Day> {
        let (newest, oldest) = (items.first?.key.day, items.last?.key.day)
        if let newest, let oldest, !readsWholeWindow { return oldest...newest }
        var whole = backfillDays ?? today.first(of: settings.clever.lookback)...today
        for day in [newest, oldest, try state.reading({ try $0.firstSentDay(section: section) })] {
            guard let day else { continue }
            whole = min(day, whole.lowerBound)...max(day, whole.upperBound)
        }
        return whole
    }

    private func read(
        _ section: PushSection, paidBy reservation: inout SchoologyClient.Reservation
    ) async throws(SideFailure) -> SectionReading {
        var reading = SectionReading()
        var page = try await schoology.read(
            schoologyRequests.attendance(
                section: String(section.schoologyID), from: section.window.lowerBound,
                through: section.window.upperBound),
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
        if let rehearsed = rehearsedMarks[section.schoologyID] { reading.overlay(rehearsed) }
        return reading
    }

    /// Makes sure of who is enrolled before a mark that is gone is taken for a teacher's "present": the rows of
    /// somebody who has left the section go with them.
    ///
    /// - Returns: whether they were read, after which the section may show something else.
    private func checkEnrollments(
        of section: PushSection, _ reading: SectionReading
    ) async throws(SideFailure) -> Bool {
        let needsCheck: Bool
        do {
            needsCheck = try state.reading { tx in
                let students = try tx.activeStudents(schoologySection: section.schoologyID)
                let isNew = try reading.all.contains {
                    try students[$0.place.enrollment] == nil
                        && !tx.knowsEnrollment($0.place.enrollment, schoologySection: section.schoologyID)
                }
                if isNew, strangersSeen.insert(section.entry.section).inserted { return true }
                guard settings.direction.writesClever else { return false }
                let enrollments = Dictionary(students.map { ($0.value, $0.key) }) { first, _ in first }
                return try tx.storedKeys(
                    section: section.entry.section, from: section.window.lowerBound, through: section.window.upperBound
                ).contains { key, schoology, known in
                    // Where another enrollment's mark is stored, it is known that the student was enrolled anew.
                    guard schoology != .present, let enrollment = enrollments[key.student],
                        known ?? enrollment == enrollment
                    else { return false }
                    return reading.status(SectionReading.Place(enrollment: enrollment, day: key.day)) == .present
                }
            }
        } catch {
            // A state that can't be read ends the cycle at the next step.
            return false
        }
        // Who is enrolled is asked for at most once a cycle.
        guard needsCheck, enrollmentsChecked.insert(section.entry.section).inserted else { return false }
        let enrollments = try await list(schoologyRequests.enrollments(section: String(section.schoologyID)))
        try? state.transaction { tx in
            try tx.store(
                enrollments: enrollments.compactMap(RosterEnrollment.init), section: section.entry.section,
                schoologyID: section.schoologyID)
        }
        return true
    }

    /// Merges every key of the section that may have moved with what Schoology shows now.
    private func mergeAgain(
        _ section: PushSection, _ reading: SectionReading, _ tx: Transaction
    ) throws -> [PendingWrite] {
        if section.wasSuspended { try resume(section, tx) }
        var writes: [PendingWrite] = []
        var pending: Set<SectionReading.Place> = []
        let sent = try tx.sentMarks(
            section: section.entry.section, from: section.window.lowerBound, through: section.window.upperBound)
        for item in section.items {
            // A newer decision may have taken the item's place while the section was read.
            guard var item = try tx.outboxItem(id: item.id) else { continue }
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
                try giveUpForNow(item, code: nil, message: message, outcome: nil, tx)
                continue
            }
            pending.insert(place)
            let seenAt = try editTime(place, section, tx)
            guard
                let wanted = try settle(
                    item.key, showing: reading.status(place), of: place.enrollment, sent: sent[item.key],
                    seenAt: seenAt, tx),
                try isPermitted(item, from: reading.status(place), to: wanted.status, tx)
            else {
                continue
            }
            if item.isOperators, !OutboxItem.isOperators(wanted.cause) {
                // An operator's decision has passed the safety valve as it was; what outlived it is judged like any other.
                try enqueue(key: item.key, wanted, tx)
                continue
            }
            if wanted.cause != item.cause {
                // The office's change has met a teacher's: it is the policy's write by now. Or it has met none any more.
                try tx.setCause(item.id, wanted.cause)
                item.cause = wanted.cause
            }
            writes.append(
                PendingWrite(
                    item: item, enrollment: placement.enrollment, status: wanted.status,
                    comment: reading.comment(place)))
        }
        try mergeOthers(section, reading, sent, except: pending, tx)
        return writes
    }

    /// Merges the keys that nothing waits for: what Schoology shows, and what it showed before. Rows of present are
    /// left out by Schoology, so what is stored as something else and isn't there was set to present. A write that they
    /// call for goes into the outbox, as the safety valve judges it with the others of its day.
    ///
    /// - Parameter sent: what may have arrived; every reading tells whether it has.
    private func mergeOthers(
        _ section: PushSection, _ reading: SectionReading, _ sent: [Key: SentMark],
        except pending: Set<SectionReading.Place>, _ tx: Transaction
    ) throws {
        let students = try tx.activeStudents(schoologySection: section.schoologyID)
        let enrollments = Dictionary(students.map { ($0.value, $0.key) }) { first, _ in first }
        var places: [(key: Key, place: SectionReading.Place)] = []
        for (place, _) in reading.all where !pending.contains(place) && section.window.contains(place.day) {
            guard let student = students[place.enrollment] else { continue }
            places.append((Key(section: section.entry.section, student: student, day: place.day), place))
        }
        let shown = Set(places.map(\.place))
        let stored = try tx.storedKeys(
            section: section.entry.section, from: section.window.lowerBound, through: section.window.upperBound
        ).map(\.key)
        for key in stored + Set(sent.keys).subtracting(stored) {
            guard let enrollment = enrollments[key.student] else { continue }
            let place = SectionReading.Place(enrollment: enrollment, day: key.day)
            guard !pending.contains(place), !shown.contains(place), !reading.isUnreadable(place) else { continue }
            places.append((key, place))
        }
        places.sort { ($0.key.day, $0.key.student) < ($1.key.day, $1.key.student) }

        var edited = false
        for (key, place) in places {
            let status = reading.status(place)
            let mark = try tx.mark(key)
            if (mark.schoology ?? .present) != status { edited = true }
            // Schoology shows what both sides agreed on, as before: there is nothing to decide.
            let isSame = mark.enrollment ?? place.enrollment == place.enrollment
            let isSettled = mark.schoology == status && mark.base == status && mark.drift == nil && isSame
            guard !isSettled || sent[key] != nil else { continue }
            let seenAt = try editTime(place, section, tx)
            guard
                let wanted = try settle(
                    key, showing: status, of: place.enrollment, sent: sent[key], seenAt: seenAt, tx)
            else { continue }
            if let item = try tx.outboxItem(key, side: .schoology), item.status == wanted.status {
                // It has its own time, or was rejected for good.
                continue
            }
            try enqueue(key: key, wanted, tx)
        }
        let lookback = today.first(of: settings.clever.lookback)
        if sent.keys.contains(where: { $0.day < lookback }) {
            try tx.forgetSent(section: section.entry.section, from: section.window.lowerBound, before: lookback)
        }
        if let days = backfillDays, section.window.lowerBound <= days.lowerBound,
            section.window.upperBound >= days.upperBound
        {
            try tx.finishBackfillSection(section.entry.section)
        }
        let isWhole = section.window.contains(today) && section.window.contains(lookback)
        if isWhole, section.entry.readsBackOnly || readsWholeWindow {
            try tx.finishReading(
                section: section.entry.section, schoologySection: section.schoologyID, startedAt: section.readBegunAt,
                edited: edited)
        }
    }

    private func enqueue(key: Key, _ wanted: WantedMark, _ tx: Transaction) throws {
        try tx.enqueue(
            key, side: .schoology, status: wanted.status, cause: wanted.cause, cycle: cycle, now: now)
        counts.decided += 1
    }

    /// When an edit that is seen now was made: as a trigger told, else at the time of the read.
    private func editTime(_ place: SectionReading.Place, _ section: PushSection, _ tx: Transaction) throws -> Timestamp
    {
        try tx.triggerTime(
            schoologySection: section.schoologyID, enrollment: place.enrollment, day: place.day,
            lastRead: section.lastReadAt) ?? now
    }
}
