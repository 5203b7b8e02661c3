import AttendanceCore
import Operations
import SyncState

/// The state of one district, through a connection that only reads.
struct StateDoctor {
    let settings: DistrictSettings
    let directory: String
    let now: Timestamp
    private(set) var checks: [Check] = []
    /// Nil where there is none that can be read.
    private(set) var state: SyncState?
    private(set) var isHeld = false

    init(settings: DistrictSettings, directory: String, now: Timestamp) {
        self.settings = settings
        self.directory = directory
        self.now = now
        isHeld = SyncState.isHeld(directory: directory, district: settings.name) ?? false
        guard DiskDoctor.mayLook(into: directory) else {
            checks.append(.skipped("state", "this user may not look into \(directory)"))
            return
        }
        do throws(StateError) {
            let state = try SyncState(directory: directory, district: settings.name, access: .readOnly)
            checks.append(try Self.integrity(state))
            self.state = state
            checks.append(try Self.trail(state))
        } catch {
            if case .absent = error {
                checks.append(.skipped("state", "none yet: no cycle has run"))
            } else {
                checks.append(.failed("state", "\(error)", repair: error.repair))
            }
        }
        checks.append(holder())
        if let state {
            do throws(StateError) {
                checks.append(try lastCycle(state))
                checks.append(try backlog(state))
            } catch {
                checks.append(.failed("state", "\(error)", repair: error.repair))
            }
        }
    }

    private static func integrity(_ state: SyncState) throws(StateError) -> Check {
        try state.check()
        return .ok("state", "\(state.path): no damage found, version \(state.migratedFrom ?? "")")
    }

    private static func trail(_ state: SyncState) throws(StateError) -> Check {
        switch try state.reading({ try $0.verifyAuditTrail() }) {
        case .whole(let lines, _): .ok("audit trail", "\(Words.count(lines, "line")), as they were written")
        case .broken(let id, let at):
            .failed(
                "audit trail", "line \(id) of \(at) was changed, added or taken out afterwards",
                repair: "find out who else can write the state; keep a copy of it, and compare it with a backup")
        }
    }

    private func holder() -> Check {
        switch SyncState.isHeld(directory: directory, district: settings.name) {
        case nil: .skipped("service", "the lock file can't be looked at")
        case true?: .ok("service", "running: a process holds the state")
        case false?: .ok("service", "not running: no process holds the state")
        }
    }

    private func lastCycle(_ state: SyncState) throws(StateError) -> Check {
        let name = "last good cycle"
        let (good, last, isPaused) = try state.reading { [now] in
            (try $0.lastGoodCycle(), try $0.lastCycle(), try $0.pause(now: now) != nil)
        }
        let failing = last.flatMap { $0.outcome == "failed" ? $0.reason : nil }
        let details = failing.map { ["the last one failed: \($0)"] } ?? []
        let repair =
            isHeld
            ? "`\(typed("status"))` and the log say what is in the way"
            : "start the service (`systemctl start attendance-sync`), or run `\(typed("once"))`"
        if isPaused {
            return .warning(name, "writing is paused by an operator", details, repair: "`\(typed("resume"))`")
        }
        guard let good, let finished = good.finished else {
            return .warning(name, "none yet", details, repair: repair)
        }
        let found = "cycle \(good.id), \(Words.ago(finished, now: now)) (\(good.outcome ?? ""))"
        guard now - finished > Vigil.limit(settings.clever.pollInterval) else { return .ok(name, found, details) }
        return .warning(name, found, details, repair: repair)
    }

    /// What waits for Schoology, and how long its rate limit makes that take.
    private func backlog(_ state: SyncState) throws(StateError) -> Check {
        let name = "Schoology rate limit"
        let limit = settings.schoology.rateLimit
        let pending = try state.reading { try $0.pendingRequests(batchSize: settings.schoology.batchSize) }
        let found = "\(limit.credits) credits in \(Words.length(limit.window))"
        guard pending.puts > 0 else { return .ok(name, "\(found), nothing waits for them") }
        let credits = pending.puts * limit.writeCost + pending.sections * limit.readCost
        let wait = Span.milliseconds(Int64(credits) * limit.window.milliseconds / Int64(max(1, limit.credits)))
        return .ok(name, "\(found); \(Words.count(pending.puts, "write request")) wait, about \(Words.length(wait))")
    }
}
