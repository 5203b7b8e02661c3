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
    let town: SimulatedTown
    let directory: String
    private(set) var violation: Violation?
    /// The running daemon's state.
    var state: SyncState?

    /// What is known of a Schoology section: the last reading of it that arrived.
    struct Reading {
        var servedAt: Timestamp
        var arrivedAt: Timestamp
    }

    var readings: [String: Reading] = [:]
    /// When Clever last told whether its attendance had moved, and was heard.
    var polledAt = Timestamp(milliseconds: .min)
    /// The same for each upload, by its number: what the office did later, nobody could know.
    var pollsOfUploads: [Int: Timestamp] = [:]
    var pollOfThisUpload = Timestamp(milliseconds: .min)
    /// What Clever's scans have covered: the sync that they read up to.
    var scans: [(from: Day, through: Day, sync: Timestamp)] = []
    /// Those that were heard of, the newest last.
    private var scansHeard: [(at: Timestamp, days: ClosedRange<Day>, sync: Timestamp)] = []
    /// Clever's last word on whether the district is paused, whichever process heard it.
    var pausedSeen: Bool?
    /// The attendance date on which everything began to heal.
    var healing: Day?
    /// Sections that answered 410, and until when by the machine's clock.
    var suspended: [String: Timestamp] = [:]
    /// Those that a cycle heard of that came to its end: they are in the state.
    private var storedSuspensions: [String: Timestamp] = [:]
    /// Requests that were sent, whatever became of them.
    private(set) var sent = Sent()
    private(set) var tries = SentWatch()
    private(set) var seen = SeenAgreements()
    /// What the last PUT changed.
    var writtenLast: Set<Ledger.Key> = []
    /// What was written while the daemon may have been told that it was not.
    var unheard: Set<Ledger.Key> = []
    var limits = Limits()
    var valve: ValveWatch
    let oracle: ConflictOracle
    /// Edits that were overwritten and are in the conflict log: they must be there in the end.
    var owed: [(key: Ledger.Key, side: Side, value: Status)] = []
    /// When the machine's clock is read.
    var machineNow: () -> Timestamp = { Timestamp(milliseconds: 0) }

    init(_ town: SimulatedTown, directory: String) {
        self.town = town
        self.directory = directory
        valve = ValveWatch(town.scenario.settings.safety)
        oracle = ConflictOracle(rules: town.scenario.settings.conflicts)
    }

    func fail(_ invariant: String, _ detail: @autoclosure () -> String) {
        guard violation == nil else { return }
        violation = Violation(invariant: invariant, detail: "\(town.time.now): \(detail())")
        town.transcript?.write("VIOLATION \(invariant): \(violation?.detail ?? "")")
    }

    // MARK: The daemon's life

    func booted(_ state: SyncState, afterPowerFailure: Bool) {
        self.state = state
        // A power failure may have taken what was stored of it: then the section is asked once more, and says 410 again.
        if afterPowerFailure {
            storedSuspensions = [:]
            scansHeard = []
        }
        suspended = storedSuspensions
        limits.booted()
        tries.booted(afterPowerFailure: afterPowerFailure)
    }

    func clear() {
        state = nil
        machineNow = { Timestamp(milliseconds: 0) }
    }

    func cycleBegins() { limits.cycleBegins() }

    func clockJumped() {
        suspended = [:]
        storedSuspensions = [:]
    }

    func cycleEnded(_ report: CycleReport) {
        town.counts.cycles += 1
        town.counts.conflicts += report.counts.conflicts
        // What could not be stored is not known.
        if report.stateError != nil { suspended = [:] } else { tries.cycleEnded() }
        storedSuspensions = suspended
        if report.counts.acknowledged + report.counts.healed + report.counts.confirmed > 0 { checkBases() }
        if report.counts.conflicts > 0 { checkConflicts() }
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
        scansHeard.append((town.time.now, from...through, sync))
        seen.scanned(from...through, sync: sync, town)
        if scansHeard.count > 64 { scansHeard.removeFirst(32) }
    }

    /// The sync up to which the daemon knew at that time what Clever said of a day.
    func knownOfClever(_ day: Day, at time: Timestamp) -> Timestamp {
        scansHeard.last { $0.at <= time && $0.days.contains(day) }?.sync ?? Timestamp(milliseconds: .min)
    }

    // MARK: Requests

    /// How long after its reading a section may be written.
    private static let readingsLast = Span.seconds(10)

    func leaves(_ exchange: Exchange, uptime: Timestamp) {
        if let problem = limits.leaves(exchange, uptime: uptime) { fail("retry allowance", problem) }
        sent.count(exchange)
        if exchange.isPut { tries.leaves(exchange, town) }
        if exchange.isPut, isPausedByOperator { fail("paused by an operator", "Schoology is written") }
        if exchange.isPut, let section = exchange.attendanceSection {
            let age = readings[section].map { town.time.now - $0.arrivedAt }
            if age.map({ $0 > Self.readingsLast }) ?? true {
                fail("unread section", "section \(section) is written, read \(age.map { "\($0) ago" } ?? "never")")
            }
        }
        if let section = exchange.attendanceSection, let until = suspended[section], machineNow() < until {
            fail("suspended section", "section \(section) is asked before \(until)")
        }
    }

    func failed(_ exchange: Exchange) { limits.failed(exchange) }

    func reaches(_ exchange: Exchange, isDuplicate: Bool) {
        if exchange.isPut, !isDuplicate { writtenLast = [] }
        guard exchange.side == .schoology, !isDuplicate else { return }
        if let problem = limits.reaches(exchange, at: town.time.now, town.scenario.settings.schoology.rateLimit) {
            fail("rate limit", problem)
        }
    }

    func arrives(_ answer: SandboxAnswer, to exchange: Exchange, servedAt: Timestamp) {
        if answer.status >= 500 || answer.status == 408 || answer.status == 425 { limits.failed(exchange) }
        if let section = exchange.attendanceSection {
            if answer.status == 200, !exchange.isPut {
                readings[section] = Reading(servedAt: servedAt, arrivedAt: town.time.now)
                if let days = exchange.attendanceDays {
                    tries.read(days, of: section, servedAt: servedAt, town)
                    seen.read(
                        days, of: section, servedAt: servedAt, known: { knownOfClever($0, at: town.time.now) }, town)
                }
            }
            if answer.status == 410 { suspended[section] = machineNow() + .hours(24) }
        }
        if exchange.isDistricts, answer.status == 200 {
            polledAt = servedAt
            pausedSeen = String(decoding: answer.body, as: UTF8.self).contains("\"state\":\"paused\"")
        }
    }
}
