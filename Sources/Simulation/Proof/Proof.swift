import AttendanceCore
import CSimulatedDisk
import Foundation
import Sandbox
import SyncEngine
import SyncState

/// Looks at every effect that the daemon has, and compares it with the truth. Keeps the first thing that must not be.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class Proof: @unchecked Sendable {
    private let town: SimulatedTown
    private let directory: String
    private(set) var violation: Violation?
    /// The running daemon's state.
    var state: SyncState?

    /// Of each Schoology section, when the last reading that arrived was served.
    private var readAt: [String: Timestamp] = [:]
    /// When Clever last told whether its attendance had moved, and was heard.
    private var polledAt = Timestamp(milliseconds: .min)
    /// The same for each upload, by its number: what the office did later, nobody could know.
    private var pollsOfUploads: [Int: Timestamp] = [:]
    private var pollOfThisUpload = Timestamp(milliseconds: .min)
    /// What Clever's scans have covered: the sync that they read up to.
    private var scans: [(from: Day, through: Day, sync: Timestamp)] = []
    /// Clever's last word on whether the district is paused, whichever process heard it.
    private var pausedSeen: Bool?
    /// The attendance date on which everything began to heal.
    private var healing: Day?
    /// Sections that answered 410, and until when by the machine's clock.
    private var suspended: [String: Timestamp] = [:]
    private var limits = Limits()
    /// Edits that were overwritten and are in the conflict log: they must be there in the end.
    private var owed: [(key: Ledger.Key, side: Side, value: Status)] = []
    /// When the machine's clock is read.
    var machineNow: () -> Timestamp = { Timestamp(milliseconds: 0) }

    init(_ town: SimulatedTown, directory: String) {
        self.town = town
        self.directory = directory
    }

    func fail(_ invariant: String, _ detail: @autoclosure () -> String) {
        guard violation == nil else { return }
        violation = Violation(invariant: invariant, detail: "\(town.time.now): \(detail())")
        town.transcript?.write("VIOLATION \(invariant): \(violation?.detail ?? "")")
    }

    // MARK: The daemon's life

    func booted(_ state: SyncState) {
        self.state = state
        // A power failure may have taken what was stored of it: then the section is asked once more, and says 410 again.
        suspended = [:]
        limits.booted()
    }

    func clear() {
        state = nil
        machineNow = { Timestamp(milliseconds: 0) }
    }

    func cycleBegins() { limits.cycleBegins() }

    func clockJumped() { suspended = [:] }

    func cycleEnded(_ report: CycleReport) {
        town.counts.cycles += 1
        town.counts.conflicts += report.counts.conflicts
        // What could not be stored is not known.
        if report.stateError != nil { suspended = [:] }
        if report.counts.acknowledged + report.counts.healed + report.counts.confirmed > 0 { checkBases() }
        if report.outcome == .failed, report.failures.isEmpty, report.stateError == nil {
            fail("silent failure", "a cycle failed and does not say why")
        }
    }

    func heard(_ event: Event) {
        guard event.name == .cleverScanned,
            let from = event.value("from").flatMap({ Day($0) }),
            let through = event.value("through").flatMap({ Day($0) }),
            let sync = event.value("last_attendance_sync").flatMap({ Timestamp($0) })
        else { return }
        scans.removeAll { $0.from >= from && $0.through <= through }
        scans.append((from, through, sync))
    }

    // MARK: Requests

    func leaves(_ exchange: Exchange, uptime: Timestamp) {
        if let problem = limits.leaves(exchange, uptime: uptime) { fail("retry allowance", problem) }
        if exchange.isPut, isPausedByOperator { fail("paused by an operator", "Schoology is written") }
        if let section = exchange.attendanceSection, let until = suspended[section], machineNow() < until {
            fail("suspended section", "section \(section) is asked before \(until)")
        }
    }

    func failed(_ exchange: Exchange) { limits.failed(exchange) }

    func reaches(_ exchange: Exchange, isDuplicate: Bool) {
        guard exchange.side == .schoology, !isDuplicate else { return }
        if let problem = limits.reaches(exchange, at: town.time.now, town.scenario.settings.schoology.rateLimit) {
            fail("rate limit", problem)
        }
    }

    func arrives(_ answer: SandboxAnswer, to exchange: Exchange, servedAt: Timestamp) {
        if answer.status >= 500 || answer.status == 408 || answer.status == 425 { limits.failed(exchange) }
        if let section = exchange.attendanceSection {
            if answer.status == 200, !exchange.isPut { readAt[section] = servedAt }
            if answer.status == 410 { suspended[section] = machineNow() + .hours(24) }
        }
        if exchange.isDistricts, answer.status == 200 {
            polledAt = servedAt
            pausedSeen = String(decoding: answer.body, as: UTF8.self).contains("\"state\":\"paused\"")
        }
    }

    // MARK: Writes to Schoology

    func wasPut(
        _ items: [RequestRecord.Item], _ exchange: Exchange, isDuplicate: Bool, hasItemFaults: Bool
    ) {
        guard let section = exchange.attendanceSection else { return }
        if pausedSeen == true { fail("paused district", "it is written") }
        if !town.scenario.settings.direction.writesSchoology { fail("direction", "Schoology is written") }
        if items.count > town.scenario.settings.schoology.batchSize { fail("batch size", "\(items.count) items") }
        town.counts.puts += isDuplicate ? 0 : 1
        for item in items {
            guard let day = Day(item.date), let status = Int(item.status).flatMap(Status.init(rawValue:)) else {
                return fail("malformed write", "\(item)")
            }
            // An enrollment that was made anew since is answered 404.
            guard let place = town.place(ofEnrollment: item.enrollment) else { continue }
            guard town.places[place].schoologySection == section else {
                return fail("malformed write", "enrollment \(item.enrollment) in section \(section)")
            }
            guard town.schoologySays(place, day) == status else { continue }
            let key = Ledger.Key(place: place, day: day)
            checkDecided(key, status)
            if isHeld(key, .schoology) { fail("held batch", describe(key, "\(status) is written")) }
            let isUnread =
                town.ledger[key].schoology.last.map { $0.at > readAt[section] ?? .init(milliseconds: .min) } ?? false
            if town.ledger[key].value(.schoology) == status {
                // A server that refuses an item, or applies it and says otherwise, and a person who was as quick.
                if !isDuplicate, !hasItemFaults, !isUnread {
                    fail("needless write", describe(key, "is \(status) already"))
                }
                continue
            }
            checkNotLost(key, .schoology, overwrittenWith: status, couldNotKnow: isUnread)
            town.note(place, day, .schoology, by: .sync)
        }
    }

    /// What is written to Schoology, Clever has said since it was read last; or an operator has.
    private func checkDecided(_ key: Ledger.Key, _ status: Status) {
        let since =
            scans.filter { $0.from <= key.day && key.day <= $0.through }.map(\.sync).max() ?? .init(milliseconds: .min)
        guard !town.ledger[key].said(status, .clever, since: since) else { return }
        guard !conflicts(key).contains(where: { $0.decision == status }) else { return }
        fail("undecided write", describe(key, "Schoology is to become \(status)"))
    }

    // MARK: Writes to Clever

    func uploads(_ bytes: [UInt8]) {
        if pausedSeen == true { fail("paused district", "a file is uploaded") }
        if isPausedByOperator { fail("paused by an operator", "a file is uploaded") }
        if !town.scenario.settings.direction.writesClever { fail("direction", "a file is uploaded") }
        pollOfThisUpload = polledAt
    }

    func wasUploaded(_ number: Int) { pollsOfUploads[number] = pollOfThisUpload }

    /// Clever processes a file.
    func ingest(_ bytes: [UInt8], number: Int) {
        var before: [Ledger.Key: Status?] = [:]
        for place in town.places.indices {
            for ago in 0..<20 {
                let day = town.today - ago
                before[Ledger.Key(place: place, day: day)] = town.cleverSays(place, day)
            }
        }
        // A file that nobody took for weeks.
        for key in town.ledger.histories.keys where key.day <= town.today - 20 && key.day > town.today - 60 {
            before[key] = town.cleverSays(key.place, key.day)
        }
        let report = town.sandbox.ingest(csv: bytes)
        guard report.outcome == .ingested else {
            if case .refused(let reason) = report.outcome { fail("refused file", reason) }
            return
        }
        town.counts.ingestions += 1
        if let rejection = report.rejected.first { fail("rejected row", "line \(rejection.line): \(rejection.reason)") }
        town.noteSync()
        for (key, value) in before.sorted(by: { ($0.key.place, $0.key.day) < ($1.key.place, $1.key.day) }) {
            guard let now = town.cleverSays(key.place, key.day), now != value else { continue }
            let history = town.ledger[key]
            let early = Timestamp(milliseconds: .min)
            if !history.said(now, .schoology, since: early), !history.said(now, .clever, since: early),
                !conflicts(key).contains(where: { $0.decision == now })
            {
                fail("undecided row", describe(key, "Clever became \(now)"))
            }
            // The office's edit was not announced when Clever was asked before this file was made.
            let edited = history.clever.last?.at ?? early
            let couldKnow = town.wasAnnounced(edited, until: pollsOfUploads[number] ?? early)
            checkNotLost(key, .clever, overwrittenWith: now, couldNotKnow: !couldKnow)
            town.note(key.place, key.day, .clever, by: .sync)
        }
    }

    // MARK: What people entered

    /// A person's edit that nobody else has seen isn't overwritten without a line in the conflict log.
    private func checkNotLost(
        _ key: Ledger.Key, _ side: Side, overwrittenWith status: Status, couldNotKnow: Bool
    ) {
        let history = town.ledger[key]
        guard let edit = history[side].last, edit.by == .office || edit.by == .teacher, let value = edit.value,
            !history.agreed(on: value, since: edit.at)
        else { return }
        guard !couldNotKnow else {
            town.counts.unseeable += 1
            return
        }
        // Not a change by the contract's words: it says what both had agreed on.
        guard (reading(key) { try $0.mark($1).base } ?? .present) != value else { return }
        guard conflicts(key).contains(where: { $0.value(side) == value }) else {
            return fail("lost edit", describe(key, "\(side)'s \(value) was overwritten with \(status)"))
        }
        owed.append((key, side, value))
    }

    /// The base is only ever what both sides said.
    private func checkBases() {
        let bases =
            reading { tx in
                try tx.bases().map { (ids: try tx.cleverIDs($0.key), day: $0.key.day, base: $0.base) }
            } ?? []
        for entry in bases {
            guard
                let place = town.places.firstIndex(where: {
                    $0.student == entry.ids.student && $0.section == entry.ids.section
                })
            else { continue }
            let key = Ledger.Key(place: place, day: entry.day)
            let history = town.ledger[key]
            let early = Timestamp(milliseconds: .min)
            guard Side.allCases.contains(where: { !history.said(entry.base, $0, since: early) }) else { continue }
            fail("base", describe(key, "the base is \(entry.base), which not both sides have said"))
        }
    }

    // MARK: The end

    /// No write waits, no conflict, no record for somebody whom a daily refresh of the roster will find again, and no
    /// section's suspension.
    var nothingIsUnderWay: Bool {
        let totals = reading { try $0.totals(now: machineNow()) } ?? StateTotals()
        return totals.outbox + totals.openConflicts + totals.waiting + totals.suspendedSections == 0
    }

    /// The first cycle after this has whatever the lookback covers now before it, with nothing in its way.
    func heals() { healing = town.today }

    /// Both sides are equal under the status map, the log has what was overwritten, the audit trail tells the end.
    func checkEnd() {
        guard let totals = reading({ try $0.totals(now: machineNow()) }) else {
            return fail("no end", "the state can't be read")
        }
        if totals.openConflicts > 0 { fail("end", "\(totals.openConflicts) open conflicts") }
        if totals.unknown > 0 { fail("end", "\(totals.unknown) writes with an unknown end") }
        let both = town.scenario.settings.direction == .both
        for key in town.ledger.histories.keys.sorted(by: { ($0.place, $0.day) < ($1.place, $1.day) }) {
            guard town.places[key.place].isActive,
                key.day > (healing ?? town.today).first(of: town.scenario.settings.clever.lookback),
                let clever = town.cleverSays(key.place, key.day)
            else { continue }
            let schoology = town.schoologySays(key.place, key.day)
            if clever != schoology, both || !isShown(key), !isRefused(key) {
                fail("end", describe(key, "Clever says \(clever), Schoology \(schoology)"))
            }
            if both, clever == schoology { checkAudit(key, clever) }
        }
        // A row for a mark whose code nobody configured waits for an operator, as its record does.
        if both, totals.outbox > 0, !town.scenario.settings.statusMap.leavesCodesOut {
            fail("end", "the outbox holds \(totals.outbox)")
        }
        if case .broken(let line, _) = reading({ try $0.verifyAuditTrail() }) {
            fail("audit", "line \(line) does not follow from the one before it")
        }
        for (key, side, value) in owed where !conflicts(key).contains(where: { $0.value(side) == value }) {
            fail("lost conflict", describe(key, "\(side)'s \(value) is in the conflict log no longer"))
        }
    }

    private var isPausedByOperator: Bool { (reading { try $0.pause(now: machineNow()) } ?? nil) != nil }

    private func isHeld(_ key: Ledger.Key, _ side: Side) -> Bool {
        reading(key) { try $0.outboxItem($1, side: side)?.isHeld ?? false } ?? false
    }

    /// An operator has discarded what would make the two equal.
    private func isRefused(_ key: Ledger.Key) -> Bool {
        reading(key) {
            let mark = try $0.mark($1)
            return mark.refusedClever != nil || mark.refusedSchoology != nil
        } ?? false
    }

    /// Where only one side is written, what differs is shown as drift or was a conflict.
    private func isShown(_ key: Ledger.Key) -> Bool {
        reading(key) { try $0.mark($1).drift != nil || !$0.conflicts(of: $1).isEmpty } ?? false
    }

    private func checkAudit(_ key: Ledger.Key, _ status: Status) {
        let trail = reading(key) { try $0.auditTrail($1) } ?? []
        let last = trail.last { $0.side != .clever && !$0.cause.hasPrefix("operator dropped") }
        guard (last?.now ?? .present) != status else { return }
        fail("audit", describe(key, "the trail ends with \(last?.now ?? .present), the sides say \(status)"))
    }

    // MARK: The state

    /// Reads the daemon's state, also while no daemon runs, and whatever the disk does to those who are of its world.
    private func reading<Value>(_ body: (Transaction) throws -> Value) -> Value? {
        if let state { return try? state.reading(body) }
        simulated_disk_set_observed(1)
        defer { simulated_disk_set_observed(0) }
        guard
            let opened = try? SyncState(
                directory: directory, district: "town", access: .exclusive, disk: SIMULATED_DISK_NAME)
        else {
            return nil
        }
        defer { opened.close() }
        return try? opened.reading(body)
    }

    private func reading<Value>(_ key: Ledger.Key, _ body: (Transaction, Key) throws -> Value) -> Value? {
        let place = town.places[key.place]
        let value: Value?? = reading { tx in
            try tx.key(student: place.student, section: place.section, day: key.day).map { try body(tx, $0) }
        }
        return value ?? nil
    }

    private func conflicts(_ key: Ledger.Key) -> [StoredConflict] {
        reading(key) { try $0.conflicts(of: $1) } ?? []
    }

    private func describe(_ key: Ledger.Key, _ what: String) -> String {
        let place = town.places[key.place]
        var lines = ["place \(key.place) (student \(place.student), section \(place.section)) \(key.day): \(what)"]
        lines += town.ledger.story(key)
        for line in reading(key, { try $0.auditTrail($1) }) ?? [] {
            let side = line.side.map { "\($0)" } ?? "both"
            lines.append("audit \(line.at) cycle \(line.cycle) \(side) \(line.was) -> \(line.now): \(line.cause)")
        }
        for conflict in conflicts(key) {
            lines.append(
                "conflict \(conflict.detected) base \(conflict.base) clever \(conflict.clever) schoology \(conflict.schoology): \(conflict.outcome)"
            )
        }
        return lines.joined(separator: "\n    ")
    }
}

extension Event {
    func value(_ key: String) -> String? { fields.first { $0.key == key }?.value.description }
}

extension StoredConflict {
    func value(_ side: Side) -> Status { side == .clever ? clever : schoology }
}
