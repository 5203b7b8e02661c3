import AttendanceCore
import CleverAPI
import SyncState

/// One pass: poll, read, match, map, merge, write, record.
extension DistrictEngine {
    /// Runs one cycle. Never throws: what went wrong is in the report and in the log, and a cycle goes on with
    /// whatever still works.
    ///
    /// - Parameter upload: rows for Clever are uploaded whenever the last upload was.
    public func runCycle(_ kind: Kind, upload: Bool = false) async -> CycleReport {
        let started = world.clock.uptime()
        self.kind = kind
        cycle = 0
        cycleBegan = now
        ignoresUploadInterval = upload
        readsWholeWindow = false
        enrollmentsChecked = []
        counts = CycleCounts()
        hasScannedLookback = false
        heldNews = []
        failures = []
        matchEvents = 0
        failuresSaid = []
        operatorProblem = nil
        hasReadCleverRoster = false
        hasRefreshedRoster = false
        let requestsBefore = (clever.requests, schoology.requests)
        var unchanged = false
        var stateError: StateError?
        do {
            if let damage { throw damage }
            cycle = try state.transaction { [now] tx in
                try tx.resetAttempts()
                return try tx.beginCycle(kind: kind.rawValue, now: now)
            }
            log(kind == .readBack ? .debug : .info, .cycleStarted, ["kind": .id(kind.rawValue)])
            try carrySpendingOver()
            try loadSideStates()
            try noteConfiguration()
            try notePause()
            unchanged = try await runSteps()
        } catch let error as StateError {
            stateError = error
        } catch {
            // Every other error was noted where it arose.
            note(error)
        }
        counts.cleverRequests = clever.requests - requestsBefore.0
        counts.schoologyRequests = schoology.requests - requestsBefore.1
        advance()
        return finish(started: started, unchanged: unchanged, stateError: stateError)
    }

    /// - Returns: whether Clever had nothing new.
    private func runSteps() async throws -> Bool {
        if kind == .backfill {
            try await runBackfill()
            return false
        }
        if kind == .readBack {
            readsWholeWindow = try state.reading { try $0.number(.watermark) } != nil
            try await readBack()
            try await pushWrites()
            // A row that may go now doesn't wait for the next poll: Clever is asked at once whether its side has moved.
            guard try isUploadWanted() else { return true }
            readsWholeWindow = false
        }
        return try await runStepsWithClever()
    }

    private func runStepsWithClever() async throws -> Bool {
        var unchanged = false
        var polled = false
        // Writes left by an earlier cycle wait until today's marks are read, unless Clever gives nothing.
        do {
            try await prepareRoster()
            polledAt = world.clock.uptime()
            unchanged = try await poll()
            polled = true
        } catch let failure as SideFailure {
            note(failure)
        }
        guard try polled || !awaitsFirstReading() else { return unchanged }
        readsWholeWindow = try state.reading { try $0.number(.watermark) } != nil
        try await decide(onlyDay: nil)
        try await pushWrites()
        do {
            if try await refreshDueRoster() {
                try await decide(onlyDay: nil)
                try await pushWrites()
            }
        } catch let failure as SideFailure {
            note(failure)
        }
        try await readBack()
        // What was read back may call for writes to Schoology as well.
        try await pushWrites()
        // A row is sent only after Clever was asked whether its side has moved.
        if polled {
            try judge(.clever)
            try await uploadRows()
            try acceptConfigurationWithoutConsequences()
        }
        return unchanged
    }

    /// Asks Clever whether its attendance has moved, and reads it while it has.
    private func poll() async throws -> Bool {
        var district = try await readDistrict()
        for round in 0..<3 {
            // `once` is about the whole lookback, also where the daemon has read the recent days of this watermark.
            let setting = kind == .once ? StateSetting.fullScanWatermark : .watermark
            let watermark = try state.reading { try $0.number(setting) }.map(Timestamp.init(milliseconds:))
            guard let target = district.lastAttendanceSync, target != watermark else {
                if round == 0 {
                    log(
                        .info, .cleverUnchanged,
                        ["last_attendance_sync": .id(district.lastAttendanceSync?.description ?? "none")])
                }
                return round == 0
            }
            try await scan(until: target)
            district = try await readDistrict()
        }
        return false
    }

    func readDistrict() async throws -> CleverDistrict {
        let district = try await clever.read(cleverRequests.districts(), CleverAnswer.district)
        advance()
        try recovered(.clever)
        if district.isPaused != isPaused {
            isPaused = district.isPaused
            let state = district.state
            log(.notice, .districtPaused, ["paused": .flag(isPaused), "state": .id(state)])
            try self.state.transaction { try $0.set(.districtState, text: state) }
        }
        return district
    }

    /// Credits that the process before this one spent still count in the server's window.
    private func carrySpendingOver() throws {
        guard !hasCarriedOver else { return }
        hasCarriedOver = true
        let limit = settings.schoology.rateLimit
        let poweredOn = Timestamp(milliseconds: 0)
        if world.clock.uptime() < poweredOn + limit.window {
            // What was spent last may not have been on the disk yet when the power failed.
            schoology.carryOver(limit.credits, settled: poweredOn)
        }
        let (spent, at) = try state.reading { tx in
            (try tx.number(.schoologySpent), try tx.number(.schoologySpentAt))
        }
        guard let spent, let at else { return }
        // A clock that went back must not keep the budget shut for longer than a window. What was under way when they
        // were noted arrived a little later.
        let age = max(now - Timestamp(milliseconds: at) - Self.underWay, .zero)
        schoology.carryOver(Int(spent), settled: world.clock.uptime() - age)
    }

    private static let underWay = Span.seconds(1)

    private func loadSideStates() throws {
        let (clever, schoology, district) = try state.reading { tx in
            (try tx.number(.cleverRefusedAt), try tx.number(.schoologyRefusedAt), try tx.text(.districtState))
        }
        refusedSides = []
        if clever != nil { refusedSides.insert(.clever) }
        if schoology != nil { refusedSides.insert(.schoology) }
        isPaused = district == "paused"
    }

    /// Takes note of a side that failed. A refused credential is said once, until it works again.
    func note(_ error: any Error) {
        guard let failure = error as? SideFailure else { return }
        guard failure != .stopped, !failures.contains(failure) else { return }
        failures.append(failure)
        guard case .refusedCredential(let side, let status, let message, _) = failure else { return }
        // `auth.failed` says it all, and says it once.
        failuresSaid.append(failure)
        guard refusedSides.insert(side).inserted else { return }
        log(
            .error, .authFailed,
            [
                "side": .id(side), "status": .int(status), "message": .id(message ?? ""),
                "repair": .id(failure.repair),
            ])
        try? state.transaction { [now] tx in
            try tx.set(side == .clever ? .cleverRefusedAt : .schoologyRefusedAt, now.milliseconds)
        }
    }

    /// A side answered: if its credential was refused before, it works again.
    func recovered(_ side: Side) throws {
        guard refusedSides.remove(side) != nil else { return }
        try state.transaction { try $0.set(side == .clever ? .cleverRefusedAt : .schoologyRefusedAt, nil) }
        log(.notice, .authRecovered, ["side": .id(side)])
    }

    private func finish(started: Timestamp, unchanged: Bool, stateError: StateError?) -> CycleReport {
        let duration = world.clock.uptime() - started
        let totals = (try? state.reading { [now] in try $0.totals(now: now) }) ?? StateTotals()
        let outcome: CycleReport.Outcome =
            if stateError != nil || !failures.isEmpty {
                .failed
            } else if stopFlag.isSet {
                .stopped
            } else {
                totals.undelivered > 0 ? .incomplete : .done
            }
        let reason = stateError.map(\.description) ?? failures.first?.description
        sayHeld()
        // Where not even the cycle could be noted down, there is none to be finished.
        let hasBegun = cycle != 0
        let json = "{" + counts.fields.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
        var stateError = stateError
        if hasBegun, stateError.map(\.isDamage) != true {
            do {
                try state.transaction { [schoology, cycle, now] tx in
                    // Noted before each request, credits count from its answer on.
                    try tx.storeSpending(schoology.spent, at: now)
                    try tx.finishCycle(cycle, outcome: outcome.rawValue, reason: reason, counts: json, now: now)
                }
            } catch {
                stateError = stateError ?? error
            }
        }
        if let stateError, stateError.isDamage { damage = stateError }
        if let stateError {
            log(
                .error, .cycleFailed,
                ["side": "state", "reason": .id(stateError), "repair": .id(stateError.repair)])
        }
        for failure in failures where !failuresSaid.contains(failure) {
            log(
                .error, .cycleFailed,
                ["side": .id(failure.side), "reason": .id(failure), "repair": .id(failure.repair)])
        }
        var fields = [Event.Field("outcome", .text(outcome.rawValue))]
        fields += counts.fields.map { .init($0.name, .int($0.value)) }
        fields += totals.fields.map { .init($0.name, .int($0.value)) }
        fields.append(.init("duration_ms", .int(duration.milliseconds)))
        let isQuiet = kind == .readBack && counts.decided + counts.conflicts + counts.puts == 0 && failures.isEmpty
        if hasBegun { cycleLog.write(isQuiet ? .debug : .info, .cycleFinished, fields) }
        return CycleReport(
            district: settings.name, cycle: cycle, outcome: outcome, counts: counts, failures: failures,
            operatorProblem: operatorProblem, stateError: stateError, totals: totals, duration: duration,
            pausedBy: isPaused ? "Clever" : pauseSeen?.by, unchanged: unchanged)
    }
}
