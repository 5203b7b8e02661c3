import AttendanceCore
import CleverAPI
import SyncState
import Transport

/// Reads Clever's attendance: today first, for every school, then the rest of the window, newest dates first.
extension DistrictEngine {
    /// Reads the window and decides what it says. When this returns, the watermark is `target`.
    func scan(until target: Timestamp) async throws {
        let scan = try openScan(until: target)
        let startedAt = world.clock.uptime()

        // Today's marks don't wait for the window: they go through to Schoology at once.
        let todaysFailure = try await readUnits(of: scan, onlyDay: scan.today)
        try await refreshRosterIfWanted()
        if try await decide(onlyDay: scan.today) > 0 { try await pushWrites() }
        if let todaysFailure { throw todaysFailure }

        let failure = try await readUnits(of: scan, onlyDay: nil)
        try await refreshRosterIfWanted()
        try await decide(onlyDay: nil)
        if let failure { throw failure }
        if try state.transaction({ try $0.reopenMissingUnits() }) {
            throw SideFailure.notFound(.clever, detail: "a day of a school that it has shown for other days")
        }
        let (totals, first) = try state.transaction { tx in
            let totals = try tx.scanTotals()
            try tx.finishScan(scan, fullScanDay: scan.complete ? scan.today : nil)
            return (totals, self.firstDay(of: scan))
        }
        if scan.complete { hasScannedLookback = true }
        counts.pages += totals.pages
        counts.records += totals.records
        counts.changed += totals.changed
        log(
            .info, .cleverScanned,
            [
                "from": .id(first), "through": .id(scan.today), "complete": .flag(scan.complete),
                "pages": .int(totals.pages), "records": .int(totals.records), "changed": .int(totals.changed),
                "last_attendance_sync": .id(target),
                "duration_ms": .int((world.clock.uptime() - startedAt).milliseconds),
            ])
    }

    /// Goes on with the scan that was interrupted, if it is still the one that is wanted; else begins anew.
    private func openScan(until target: Timestamp) throws -> Scan {
        let today = today
        let scan = try state.transaction { [now, kind, settings] tx -> Scan? in
            let complete = try kind == .once || tx.number(.lastFullScanDay) != Int64(today.number)
            if let open = try tx.scan(), open.target == target, open.today == today, open.complete || !complete {
                return open
            }
            let window = complete ? settings.clever.lookback : settings.clever.recentLookback
            let days = (0..<max(window.wholeDays, 1)).map { today - $0 }
            let schools = try tx.schools(only: settings.clever.schools).map(\.id)
            return schools.isEmpty
                ? nil
                : try tx.beginScan(
                    target: target, today: today, days: days, schools: schools, complete: complete, now: now)
        }
        guard let scan else {
            throw SideFailure.notFound(
                .clever, detail: "any school in scope: check clever.schools and what the token shares")
        }
        return scan
    }

    private nonisolated func firstDay(of scan: Scan) -> Day {
        let window = scan.complete ? settings.clever.lookback : settings.clever.recentLookback
        return scan.today.first(of: window)
    }

    /// Reads the units that are left, several schools at a time. A school that fails keeps no other from being
    /// read, but when three in a row fail the side is taken to be down.
    ///
    /// - Returns: the first failure.
    private func readUnits(of scan: Scan, onlyDay day: Day?) async throws -> SideFailure? {
        var units = try state.reading { try $0.unitsToRead(onlyDay: day) }[...]
        progress = CycleProgress(step: .reading, total: units.count)
        var failure: SideFailure?
        var failuresInARow = 0
        try await withThrowingTaskGroup(of: SideFailure?.self) { group in
            for _ in 0..<settings.clever.maxInFlight {
                guard let unit = units.popFirst() else { break }
                group.addTask { try await self.attempt(unit, of: scan) }
            }
            while let result = try await group.next() {
                advance(by: 1)
                failuresInARow = result == nil ? 0 : failuresInARow + 1
                failure = failure ?? result
                try await readTriggered()
                guard failuresInARow < 3, failure?.endsTheCycle != true, let unit = units.popFirst() else { continue }
                group.addTask { try await self.attempt(unit, of: scan) }
            }
        }
        return failure
    }

    private func attempt(_ unit: ScanUnit, of scan: Scan) async throws -> SideFailure? {
        do {
            try await read(unit, of: scan)
            return nil
        } catch let failure as SideFailure {
            return failure
        } catch let malformed as MalformedAnswer {
            return .malformed(.clever, detail: malformed.what)
        }
    }

    /// Reads one day of one school to its last page. Each page is stored with the cursor of the next, where it is of a
    /// scan.
    func read(_ unit: ScanUnit, of scan: Scan?) async throws {
        var reader = try state.reading { [settings] tx in
            UnitReader(
                unit: unit, wanted: try tx.recordsBehindRows(day: unit.day, school: unit.school),
                taken: try tx.takenPages(day: unit.day, school: unit.school), statusMap: settings.statusMap)
        }
        func knowRecords() throws {
            guard !reader.knowsRecords else { return }
            reader.know(try state.reading { try $0.storedRecords(day: unit.day, school: unit.school) })
        }
        if unit.next != nil { try knowRecords() }
        while true {
            let request =
                if let next = reader.next {
                    try cleverRequests.following(next)
                } else {
                    cleverRequests.attendance(school: unit.schoolCleverID, from: unit.day, through: unit.day)
                }
            let step: UnitStep
            switch await attempt(request, for: reader) {
            case .page(let page, let digest):
                try knowRecords()
                step = try reader.take(page, digest)
            case .taken(let page):
                step = try reader.pass(page)
            case .cursorExpired:
                // The unit begins again; what is stored already is skipped.
                reader.restart()
                guard reader.restarts <= RetryPolicy.triesInACycle else {
                    throw SideFailure.malformed(.clever, detail: "it refuses the cursors that it gives")
                }
                if scan != nil { try state.transaction { try $0.restartUnit(day: unit.day, school: unit.school) } }
                continue
            case .notFound:
                guard reader.next == nil, try await isUnshared(unit) else {
                    throw SideFailure.notFound(
                        .clever, detail: "the attendance of school \(unit.schoolCleverID), which it has shown before")
                }
                log(
                    .warning, .cleverSchoolMissing,
                    ["clever_school_id": .id(unit.schoolCleverID), "date": .id(unit.day)])
                if scan != nil { try state.transaction { try $0.setUnitMissing(day: unit.day, school: unit.school) } }
                return
            case .failed(let failure):
                throw failure
            }
            let newlyQuarantined = try state.transaction { [now] in
                try $0.storePage(step, of: unit, scan: scan, now: now)
            }
            if scan == nil {
                // A scan's are counted at its end, those of earlier processes among them.
                counts.pages += 1
                counts.records += step.records
                counts.changed += step.updates.count
            }
            advance()
            for record in newlyQuarantined { quarantined(record) }
            if step.done { return }
        }
    }

    /// A school that answers 404: is it no longer shared (then it takes nothing with it, what is stored stays), or
    /// is that a passing fault, which the next cycle must read again?
    private func isUnshared(_ unit: ScanUnit) async throws -> Bool {
        if !hasReadCleverRoster { try await readCleverRoster() }
        return try state.reading { [settings] tx in
            let isListed = try tx.schools(only: settings.clever.schools).contains { $0.id == unit.school }
            return try !isListed || !tx.hasAnswered(school: unit.school)
        }
    }

    private enum PageAttempt {
        case page(AttendancePage, PageDigest)
        case taken(TakenPage)
        case cursorExpired
        case notFound
        case failed(SideFailure)
    }

    private func attempt(_ request: HTTPRequest, for reader: UnitReader) async -> PageAttempt {
        do {
            return try await clever.read(request) { body in
                let digest = PageDigest(of: body, readBy: pagesAreReadBy)
                // Not by `??`: what its right side throws with a type, Swift 6.3 compiles to a crash here.
                if let page = reader.taken(digest) { return .taken(page) }
                return .page(try CleverAnswer.attendance(body), digest)
            }
        } catch {
            switch error {
            case .rejected(_, status: 400, _) where request.url.contains("starting_after="): return .cursorExpired
            case .notFound: return .notFound
            default: return .failed(error)
            }
        }
    }

    private func quarantined(_ record: QuarantinedRecord) {
        counts.quarantined += 1
        log(
            .warning, .recordQuarantined,
            [
                "clever_student_id": .id(record.student ?? ""), "clever_section_id": .id(record.section ?? ""),
                "date": .id(record.date ?? ""), "reason": .id(record.reason),
            ])
    }
}
