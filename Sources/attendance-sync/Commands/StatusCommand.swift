import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Is it working, since when, what is waiting, and what needs a person.",
        discussion: "Exits 1 when anything needs a person, so that a monitor can run it.")

    @OptionGroup var options: GlobalOptions
    @Flag(help: "Print metrics in Prometheus' text format instead, for node_exporter's textfile collector; exits 0.")
    var metrics = false

    func validate() throws {
        guard !(metrics && options.json) else {
            throw ValidationError("--metrics and --json are two formats: choose one.")
        }
    }

    func run() async throws {
        let loaded = try load()
        let now = Timestamp.current
        var documents: [StatusDocument.District] = []
        for settings in try options.districts(loaded) {
            guard let state = try openState(settings.name, loaded, .readOnly) else {
                documents.append(StatusDocument.District(neverRun: settings.name))
                continue
            }
            let daemon = RunningDaemon(settings.name, loaded)?.process
            documents.append(try state.reading { try StatusDocument.District(settings, $0, daemon: daemon, now: now) })
        }
        if metrics { return Terminal.say(StatusMetrics(documents).text) }
        if options.json {
            try Terminal.say(json: StatusDocument(districts: documents))
        } else {
            Terminal.say(documents.map { $0.text(now: now) }.joined(separator: "\n\n"))
        }
        guard documents.allSatisfy(\.needsPerson.isEmpty) else { throw ExitStatus.undelivered.exitCode }
    }

    private func load() throws -> LoadedConfiguration {
        do {
            return try options.load(secrets: false)
        } catch let code as ExitCode where code == ExitStatus.operatorMustAct.exitCode {
            Terminal.complain(
                "Without a configuration that can be read nothing is known of the districts. A service that is running goes "
                    + "on with the one that it read last: `systemctl status 'attendance-sync*'`, `journalctl -u "
                    + "'attendance-sync*'`. Once the file is mended: `systemctl reload attendance-sync`.")
            throw code
        }
    }
}

/// `status --json`.
struct StatusDocument: Encodable {
    struct District: Encodable {
        struct Cycle: Encodable {
            var id: Int64
            var started: String
            var finished: String?
            var outcome: String?
            var reason: String?
        }

        struct RateBudget: Encodable {
            var credits: Int
            var windowSeconds: Double
            var pendingPuts: Int
            var secondsForTheRest: Double

            enum CodingKeys: String, CodingKey {
                case credits
                case windowSeconds = "window_seconds"
                case pendingPuts = "pending_puts"
                case secondsForTheRest = "seconds_for_the_rest"
            }
        }

        var district: String
        var direction: String?
        /// The process that runs its cycles.
        var daemon: Int32?
        var lastGoodCycle: Cycle?
        var lastCycle: Cycle?
        var watermark: String?
        var scanUnderWay = false
        /// Clever calls the district paused, or an operator does.
        var paused = false
        var pausedBy: String?
        var pausedUntil: String?
        var pauseReason: String?
        /// Past dates that are being gone over: `2026-09-01 to 2026-09-30, 12 of 30 days read`.
        var backfill: String?
        var oldestUnsynced: String?
        var openConflicts = 0
        var outbox = 0
        var unknown = 0
        /// Rows of attendance.csv: to be uploaded, and uploaded but not shown by Clever yet.
        var rowsToUpload = 0
        var unconfirmed = 0
        var overdue = 0
        var lastUpload: String?
        var oldestUnconfirmed: String?
        var lastTrigger: String?
        var deadLetters = 0
        var heldBatches = 0
        var heldChanges = 0
        var unmatchedSections = 0
        var unmatchedStudents = 0
        var waitingRecords = 0
        var quarantined = 0
        var drift = 0
        var suspendedSections = 0
        var refusedCredentials: [String] = []
        var rateBudget: RateBudget?
        /// What needs a person, each with the command to type next.
        var needsPerson: [String] = []

        enum CodingKeys: String, CodingKey {
            case district, direction, daemon
            case lastGoodCycle = "last_good_cycle"
            case lastCycle = "last_cycle"
            case watermark
            case scanUnderWay = "scan_under_way"
            case paused
            case pausedBy = "paused_by"
            case pausedUntil = "paused_until"
            case pauseReason = "pause_reason"
            case backfill
            case oldestUnsynced = "oldest_unsynced"
            case openConflicts = "open_conflicts"
            case outbox, unknown
            case rowsToUpload = "rows_to_upload"
            case unconfirmed, overdue
            case lastUpload = "last_upload"
            case oldestUnconfirmed = "oldest_unconfirmed"
            case lastTrigger = "last_trigger"
            case deadLetters = "dead_letters"
            case heldBatches = "held_batches"
            case heldChanges = "held_changes"
            case unmatchedSections = "unmatched_sections"
            case unmatchedStudents = "unmatched_students"
            case waitingRecords = "waiting_records"
            case quarantined, drift
            case suspendedSections = "suspended_sections"
            case refusedCredentials = "refused_credentials"
            case rateBudget = "rate_budget"
            case needsPerson = "needs_person"
        }

        init(neverRun district: String) {
            self.district = district
            needsPerson = ["no cycle has run yet: `\(typed("once --district \(district)"))`, or start the service"]
        }

        init(_ settings: DistrictSettings, _ tx: Transaction, daemon: Int32?, now: Timestamp) throws {
            self.daemon = daemon
            let totals = try tx.totals(now: now)
            district = settings.name
            direction = settings.direction.rawValue
            lastGoodCycle = try tx.lastGoodCycle().map(Self.cycle)
            lastCycle = try tx.lastCycle().map(Self.cycle)
            watermark = try tx.number(.watermark).map { Timestamp(milliseconds: $0).description }
            scanUnderWay = try tx.scan() != nil
            if try tx.text(.districtState) == "paused" { (paused, pausedBy) = (true, "clever") }
            if let pause = try tx.pause(now: now) {
                (paused, pausedBy, pauseReason) = (true, "operator:\(pause.by)", pause.reason)
                pausedUntil = pause.until?.description
            }
            backfill = try tx.openBackfill().map {
                "\($0.days.lowerBound) to \($0.days.upperBound), \($0.daysRead) of \($0.dayCount) days read"
            }
            (heldBatches, heldChanges) = (totals.heldBatches, totals.held)
            oldestUnsynced = totals.oldestPending?.description
            openConflicts = totals.openConflicts
            outbox = totals.outbox - totals.dead
            unknown = totals.unknown
            rowsToUpload = totals.rowsToUpload + totals.eclipsed
            unconfirmed = totals.unconfirmed
            overdue = totals.overdue
            lastUpload = try tx.number(.csvUploadedAt).map { Timestamp(milliseconds: $0).description }
            lastTrigger = try tx.number(.triggeredAt).map { Timestamp(milliseconds: $0).description }
            oldestUnconfirmed = try tx.oldestUnconfirmed()?.description
            deadLetters = totals.dead
            unmatchedSections = totals.unmatchedSections
            unmatchedStudents = totals.unmatchedStudents
            waitingRecords = totals.waiting
            quarantined = totals.quarantined + totals.unmapped
            drift = totals.drift
            suspendedSections = totals.suspendedSections
            if try tx.number(.cleverRefusedAt) != nil { refusedCredentials.append("clever") }
            if try tx.number(.schoologyRefusedAt) != nil { refusedCredentials.append("schoology") }
            if try tx.number(.csvRefusedAt) != nil { refusedCredentials.append("sftp") }
            let limit = settings.schoology.rateLimit
            let pending = try tx.pendingRequests(batchSize: settings.schoology.batchSize)
            let credits = pending.puts * limit.writeCost + pending.sections * limit.readCost
            rateBudget = RateBudget(
                credits: limit.credits, windowSeconds: Double(limit.window.milliseconds) / 1000,
                pendingPuts: pending.puts,
                secondsForTheRest: Double(credits) / Double(limit.credits)
                    * Double(limit.window.milliseconds) / 1000)
            needsPerson = try people(settings, tx, now: now)
        }

        private func people(_ settings: DistrictSettings, _ tx: Transaction, now: Timestamp) throws -> [String] {
            var needs: [String] = []
            for side in refusedCredentials {
                needs.append(
                    "\(side) refused the credential when it was last asked: \(Self.credentialRepair(side, settings))")
            }
            if let problem = try tx.text(.overridesProblem) { needs.append("\(problem): mend the file") }
            needs += try Self.missingMatches(settings, tx)
            if deadLetters > 0 {
                needs.append("\(Words.count(deadLetters, "dead letter")): `\(typed("outbox list --dead"))`")
            }
            if suspendedSections > 0 {
                needs.append(
                    "410 for \(Words.count(suspendedSections, "section")): attendance there belongs to the PowerSchool"
                        + " SIS Attendance App, which only a Schoology administrator can change")
            }
            if heldBatches > 0 {
                needs.append(
                    "\(Words.count(heldBatches, "held batch", "held batches")) (\(Words.count(heldChanges, "change"))):"
                        + " `\(typed("held list"))`")
            }
            if openConflicts > 0 {
                needs.append("\(Words.count(openConflicts, "open conflict")): `\(typed("conflicts list"))`")
            }
            if let problem = try tx.text(.csvProblem), !refusedCredentials.contains("sftp") {
                needs.append("\(problem): look at the log for the repair")
            }
            if overdue > 0 {
                needs.append(
                    "Clever has not shown \(Words.count(overdue, "uploaded row")) for more than "
                        + "\(settings.clever.sftp?.confirmWithin ?? .zero): look in its dashboard whether it took attendance.csv"
                )
            }
            let limit = Vigil.limit(settings.clever.pollInterval)
            let start = daemon == nil ? ", and no daemon is running: `systemctl start attendance-sync`" : ""
            if let good = try tx.lastGoodCycle()?.finished, now - good > limit {
                needs.append(
                    "no successful cycle for \(Words.length(now - good))\(start.isEmpty ? ": `\(typed("doctor"))`" : start)"
                )
            } else if lastGoodCycle == nil, try !isFirstCycleUnderWay(tx, limit, now) {
                needs.append("no cycle has succeeded yet\(start.isEmpty ? ": `\(typed("doctor"))`" : start)")
            }
            if let last = try tx.lastCycle(), last.finished == nil, now - last.started > limit, daemon != nil {
                needs.append(
                    "cycle \(last.id) has been under way for \(Words.length(now - last.started)): look at the log for cycle.stalled"
                )
            }
            return needs
        }

        /// A district's first cycle may take half an hour: nothing is wrong with it yet.
        private func isFirstCycleUnderWay(_ tx: Transaction, _ limit: Span, _ now: Timestamp) throws -> Bool {
            guard daemon != nil, let last = try tx.lastCycle() else { return false }
            return last.id == 1 && last.finished == nil && now - last.started <= limit
        }

        private static func credentialRepair(_ side: String, _ settings: DistrictSettings) -> String {
            switch side {
            case Side.clever.rawValue: settings.clever.tokenRepair
            case Side.schoology.rawValue: settings.schoology.keyRepair
            default: settings.clever.sftp?.repair(of: .refusedCredential) ?? ""
            }
        }

        /// Single people without a match are reported and no more. Where most have none, a rule or a whole import is wrong.
        private static func missingMatches(_ settings: DistrictSettings, _ tx: Transaction) throws -> [String] {
            let totals = try tx.rosterTotals(schools: tx.schools(only: settings.clever.schools).map(\.id))
            return [
                ("sections", totals.matchedSections, totals.sections),
                ("students", totals.matchedStudents, totals.students),
            ].filter { _, matched, all in all >= 10 && matched * 2 < all }.map { kind, matched, all in
                "only \(matched) of \(all) \(kind) are matched: `\(typed("doctor"))` names the rule that would match more"
            }
        }

        private static func cycle(_ cycle: StoredCycle) -> Cycle {
            Cycle(
                id: cycle.id, started: cycle.started.description, finished: cycle.finished?.description,
                outcome: cycle.outcome, reason: cycle.reason)
        }

        private var pauseText: String {
            guard let pausedBy, pausedBy != "clever" else {
                return "Clever calls the district paused: it is read, not written"
            }
            return "by \(pausedBy.split(separator: ":").last ?? "") until \(pausedUntil ?? "`\(typed("resume"))`")"
                + (pauseReason.map { " (\($0))" } ?? "") + ": it is read, not written"
        }

        func text(now: Timestamp) -> String {
            var lines = ["\(district)\(direction.map { " (\($0))" } ?? "")"]
            func line(_ name: String, _ value: String) {
                lines.append("  " + name.padding(toLength: 22, withPad: " ", startingAt: 0) + value)
            }
            line("service", daemon.map { "running (process \($0))" } ?? "not running")
            if let cycle = lastGoodCycle, let finished = cycle.finished.flatMap({ Timestamp($0) }) {
                line("last good cycle", "\(cycle.id), \(Words.ago(finished, now: now)) (\(cycle.outcome ?? ""))")
            } else {
                line("last good cycle", "none")
            }
            if let cycle = lastCycle, cycle.id != lastGoodCycle?.id {
                line(
                    "last cycle",
                    "\(cycle.id), \(cycle.outcome ?? "under way")" + (cycle.reason.map { ": \($0)" } ?? ""))
            }
            line("Clever read up to", (watermark ?? "nothing yet") + (scanUnderWay ? " (a scan is under way)" : ""))
            if let backfill { line("going over", backfill) }
            if paused { line("paused", pauseText) }
            line(
                "waiting to be sent",
                outbox == 0
                    ? "nothing"
                    : (outbox > rowsToUpload + unconfirmed + heldChanges
                        ? Words.count(outbox - rowsToUpload - unconfirmed - heldChanges, "mark") + " to Schoology, "
                        : "")
                        + (heldChanges > 0 ? Words.count(heldChanges, "change") + " held, " : "")
                        + (rowsToUpload > 0 ? Words.count(rowsToUpload, "row") + " to be uploaded, " : "")
                        + (unconfirmed > 0 ? Words.count(unconfirmed, "row") + " that Clever doesn't show yet, " : "")
                        + "the oldest decided "
                        + (oldestUnsynced.flatMap { Timestamp($0) }.map { Words.ago($0, now: now) } ?? "-")
                        + (unknown > 0 ? "; \(unknown) of them to be read back first" : ""))
            if let rateBudget, rateBudget.pendingPuts > 0 {
                line(
                    "time for the rest",
                    "about \(Words.length(.milliseconds(Int64(rateBudget.secondsForTheRest * 1000)))) at "
                        + "\(rateBudget.credits) credits / \(Words.length(.milliseconds(Int64(rateBudget.windowSeconds * 1000))))"
                )
            }
            if direction.flatMap(Direction.init(rawValue:))?.writesClever == true {
                let upload = lastUpload.flatMap { Timestamp($0) }.map { Words.ago($0, now: now) } ?? "none yet"
                let oldest = oldestUnconfirmed.flatMap { Timestamp($0) }.map { Words.ago($0, now: now) }
                line("last upload", upload + (oldest.map { "; the oldest unconfirmed row was uploaded \($0)" } ?? ""))
            }
            if let trigger = lastTrigger.flatMap({ Timestamp($0) }) {
                line("last trigger", Words.ago(trigger, now: now))
            }
            line("dead letters", String(deadLetters))
            line("open conflicts", String(openConflicts))
            line("held batches", String(heldBatches))
            line(
                "unmatched",
                "\(Words.count(unmatchedSections, "section")), \(Words.count(unmatchedStudents, "student")); "
                    + "\(Words.count(waitingRecords, "record")) wait")
            if quarantined > 0 { line("not understood", Words.count(quarantined, "record")) }
            if drift > 0 {
                line("drift", "\(Words.count(drift, "mark")) changed on the side that is only written to, left alone")
            }
            if suspendedSections > 0 { line("suspended", "\(Words.count(suspendedSections, "section")) (410)") }
            for need in needsPerson { lines.append("  ! \(need)") }
            return lines.joined(separator: "\n")
        }
    }

    var version = 1
    var districts: [District]
}
