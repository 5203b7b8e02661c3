import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState

struct OnceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "once",
        abstract: "Run one full cycle for each district, then exit.",
        discussion: """
            Reads the whole lookback if Clever's attendance has moved, whatever was scanned today, and sends \
            everything that waits, whatever its next-attempt time. A second run right after finds nothing to do.
            """)

    @OptionGroup var options: GlobalOptions
    @Flag(help: "Upload attendance.csv now if it has new rows, however short ago the last upload was.")
    var upload = false

    func run() async throws {
        let loaded = try options.load(secrets: true)
        let districts = try options.districts(loaded)
        OpenFiles.ensure(districts: districts.count)
        let events = EventLog.standard(loaded.configuration)
        defer { events.flush() }
        SettingNotices.announce(loaded, to: events)
        let progress = ProgressLine(log: events)
        let shared = try SharedServices(events: progress, progress: progress)
        let stop = StopSignals()
        var results: [DistrictResult] = []
        let stateDirectory = loaded.configuration.stateDirectory
        await withTaskGroup(of: (Int, DistrictResult).self) { group in
            for (index, settings) in districts.enumerated() {
                group.addTask {
                    let result = await Self.cycle(
                        settings, upload: upload, stateDirectory: stateDirectory, shared: shared, stop: stop)
                    return (index, result)
                }
            }
            var finished: [(Int, DistrictResult)] = []
            for await result in group { finished.append(result) }
            results = finished.sorted { $0.0 < $1.0 }.map(\.1)
        }
        progress.clear()
        events.flush()
        if options.json {
            try Terminal.say(json: OnceDocument(districts: results.map(\.document)))
        } else {
            for result in results { Terminal.say(result.text) }
        }
        let status = ExitStatus.worst(of: results.map(\.status))
        guard status == .done else { throw status.exitCode }
    }

    private static func cycle(
        _ settings: DistrictSettings, upload: Bool, stateDirectory: String, shared: SharedServices, stop: StopSignals
    ) async -> DistrictResult {
        do {
            let service = try DistrictService(settings: settings, stateDirectory: stateDirectory, shared: shared)
            defer { service.state.close() }
            return .finished(
                await stop.whileRunning {
                    await service.engine.runCycle(.once, upload: upload)
                } onStop: {
                    await service.engine.stop()
                })
        } catch let error as StateError {
            shared.events.record(
                Event(
                    .error, .cycleFailed, district: settings.name,
                    ["side": "state", "reason": .text("\(error)"), "repair": .text(error.repair)]))
            return .notStarted(settings.name, error)
        } catch {
            return .notStarted(settings.name, .inaccessible(path: stateDirectory, detail: "\(error)"))
        }
    }
}

/// What came of one district.
enum DistrictResult: Sendable {
    case finished(CycleReport)
    case notStarted(String, StateError)

    var status: ExitStatus {
        switch self {
        case .finished(let report): report.exitStatus
        case .notStarted(_, let error): error.exitStatus
        }
    }

    var text: String {
        switch self {
        case .notStarted(let district, let error):
            return "\(district): not started: \(error)\n  to mend it: \(error.repair)"
        case .finished(let report):
            return report.text
        }
    }

    var document: OnceDocument.District {
        switch self {
        case .notStarted(let district, let error):
            OnceDocument.District(
                district: district, cycle: nil, outcome: "failed", durationMilliseconds: 0, counts: [:], totals: [:],
                failures: [.init(side: "state", reason: "\(error)", repair: error.repair)])
        case .finished(let report):
            OnceDocument.District(
                district: report.district, cycle: report.cycle == 0 ? nil : report.cycle,
                outcome: report.outcome.rawValue,
                durationMilliseconds: report.duration.milliseconds,
                counts: Dictionary(uniqueKeysWithValues: report.counts.fields.map { ($0.name, $0.value) }),
                totals: Dictionary(uniqueKeysWithValues: report.totals.fields.map { ($0.name, $0.value) }),
                failures: (report.operatorProblem.map {
                    [.init(side: "configuration", reason: $0, repair: "mend it; until then the last good one holds")]
                } ?? [])
                    + report.failures.map {
                        .init(side: $0.side, reason: $0.description, repair: $0.repair)
                    } + (report.stateError.map { [.init(side: "state", reason: "\($0)", repair: $0.repair)] } ?? []))
        }
    }
}

/// `once --json`.
struct OnceDocument: Encodable {
    struct District: Encodable {
        struct Failure: Encodable {
            var side: String
            var reason: String
            var repair: String
        }

        var district: String
        var cycle: Int64?
        var outcome: String
        var durationMilliseconds: Int64
        var counts: [String: Int]
        var totals: [String: Int]
        var failures: [Failure]

        enum CodingKeys: String, CodingKey {
            case district, cycle, outcome
            case durationMilliseconds = "duration_ms"
            case counts, totals, failures
        }
    }

    var version = 1
    var districts: [District]
}

extension CycleReport {
    /// A few lines that say what happened, and what to do next if something is left.
    var text: String {
        var lines: [String] = []
        let seconds = Double(duration.milliseconds) / 1000
        let name = cycle == 0 ? "the cycle" : "cycle \(cycle)"
        lines.append("\(district): \(name) \(outcome.rawValue) in \(String(format: "%.1f", seconds)) s")
        if unchanged, counts.records == 0 {
            lines.append("  read from Clever      nothing: its attendance has not moved since the last cycle")
        } else {
            lines.append(
                "  read from Clever      \(Words.count(counts.records, "record")) on \(Words.count(counts.pages, "page")), "
                    + "\(counts.changed) new or changed")
        }
        lines.append(
            "  written to Schoology  \(Words.count(counts.acknowledged, "mark")) in \(Words.count(counts.puts, "request"))"
                + (counts.healed > 0 ? ", \(counts.healed) already agreed" : ""))
        if counts.sectionsRead > 0 {
            lines.append("  read from Schoology   \(Words.count(counts.sectionsRead, "section"))")
        }
        if counts.uploaded > 0 {
            lines.append("  uploaded for Clever   \(Words.count(counts.uploaded, "new row")) of attendance.csv")
        }
        if counts.confirmed > 0 {
            lines.append("  confirmed by Clever   \(Words.count(counts.confirmed, "row"))")
        }
        if counts.conflicts > 0 {
            lines.append(
                "  conflicts             \(counts.conflicts), \(totals.openConflicts) open: see `\(typed("conflicts list"))`"
            )
        }
        if let pausedBy {
            lines.append(
                "  paused                by \(pausedBy): read, not written"
                    + (pausedBy == "Clever" ? "" : "; `\(typed("resume"))` ends it"))
        }
        if totals.held > 0 {
            lines.append(
                "  held                  \(Words.count(totals.held, "change")) in "
                    + "\(Words.count(totals.heldBatches, "batch", "batches")): see `\(typed("held list"))`")
        }
        if totals.undelivered > totals.dead + totals.held {
            lines.append(
                "  waiting to be sent    \(totals.undelivered - totals.dead - totals.held): see "
                    + "`\(typed("outbox list"))`")
        }
        if totals.rowsToUpload > 0 {
            lines.append(
                "  waiting for upload    \(Words.count(totals.rowsToUpload, "row")): goes with the next upload"
            )
        }
        if totals.unconfirmed > 0 {
            lines.append(
                "  sent, unconfirmed     \(Words.count(totals.unconfirmed, "row")): until Clever shows them")
        }
        if totals.dead > 0 {
            lines.append("  rejected for good     \(totals.dead): see `\(typed("outbox list --dead"))`")
        }
        if totals.waiting > 0 || totals.unmatchedSections + totals.unmatchedStudents > 0 {
            lines.append(
                "  unmatched             \(Words.count(totals.unmatchedSections, "section")), "
                    + "\(Words.count(totals.unmatchedStudents, "student")); \(Words.count(totals.waiting, "record")) "
                    + "wait: see `\(typed("unmatched"))`")
        }
        if totals.quarantined + totals.unmapped > 0 {
            lines.append("  not understood        \(Words.count(totals.quarantined + totals.unmapped, "record"))")
        }
        if let operatorProblem { lines.append("  needs you             \(operatorProblem)") }
        for failure in failures {
            lines.append("  FAILED                \(failure)")
            lines.append("  to mend it            \(failure.repair)")
        }
        if let stateError {
            lines.append("  FAILED                \(stateError)")
            lines.append("  to mend it            \(stateError.repair)")
        }
        return lines.joined(separator: "\n")
    }
}
