import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Do exactly what a plan says, or refuse: if either side has moved since, nothing is written.",
        discussion: """
            Both sides are read again and the plan is made anew. If it comes out the same, it is carried out, and nothing \
            else; else the differences are listed and the exit code is 1. A daemon that runs would have written it by now: \
            stop it first, or `pause` it before you plan and let it do the writing after `resume`.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "A file that `plan --out` has written.") var file: String
    @Flag(help: "Rows for Clever that the plan lists as waiting for the next upload go now.") var upload = false

    func run() async throws {
        let loaded = try options.load(secrets: true)
        let plan = try read()
        let plans = plan.districts.filter { options.district == nil || $0.district == options.district }
        guard !plans.isEmpty else { throw refuse("\(file) has no plan for that district", .usage) }
        let known = loaded.configuration.districts
        for plan in plans {
            guard let settings = known.first(where: { $0.name == plan.district }) else {
                throw refuse("\(file) is of a district that \(options.config) doesn't have: \(plan.district)", .usage)
            }
            guard plan.failures.isEmpty else {
                throw refuse("\(plan.district): the plan is not complete: \(plan.failures[0].reason). Make a new one.")
            }
            guard plan.configuration == settings.fingerprint else {
                throw refuse("\(plan.district): the configuration has changed since the plan was made. Make a new one.")
            }
        }
        OpenFiles.ensure(districts: plans.count)
        let events = EventLog.standard(loaded.configuration)
        defer { events.flush() }
        let progress = ProgressLine(log: events)
        var results: [ApplyDocument.District] = []
        for plan in plans {
            guard let settings = known.first(where: { $0.name == plan.district }) else { continue }
            do {
                results.append(
                    try await apply(plan, settings, loaded, events: events, progress: progress))
            } catch let error as StateError {
                progress.clear()
                Terminal.complain("\(settings.name): \(error)\n  to mend it: \(error.repair)")
                throw error.exitStatus.exitCode
            }
        }
        progress.clear()
        events.flush()
        if options.json {
            try Terminal.say(json: ApplyDocument(districts: results))
        } else {
            for result in results { Terminal.say(result.text) }
        }
        let status = ExitStatus.worst(of: results.map(\.status))
        guard status == .done else { throw status.exitCode }
    }

    private func read() throws -> PlanDocument {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw refuse("\(file) can't be read: \(String(cString: strerror(errno)))", .usage)
        }
        guard let plan = try? JSONDecoder().decode(PlanDocument.self, from: bytes), plan.version == 1 else {
            throw refuse("\(file) is no plan: `\(typed("plan --out FILE"))` writes one", .usage)
        }
        guard plan.isUnchanged, plan.districts.allSatisfy({ $0.effects != nil }) else {
            throw refuse("\(file) was changed since it was written: its digest doesn't fit. Make a new plan.")
        }
        return plan
    }

    private func apply(
        _ plan: PlanDocument.District, _ settings: DistrictSettings, _ loaded: LoadedConfiguration, events: EventLog,
        progress: ProgressLine
    ) async throws -> ApplyDocument.District {
        let directory = loaded.configuration.stateDirectory
        let stop = StopSignals()
        // Held from here to the end, so that nobody writes in between.
        let state = try SyncState(directory: directory, district: settings.name, access: .exclusive)
        defer { state.close() }
        let quiet = try SharedServices(events: RehearsalLog(progress), progress: progress)
        let upload = upload || plan.upload
        let rehearsal = try await Rehearsing.run(
            settings, upload: upload, stateDirectory: directory, shared: quiet, stop: stop)
        let status = rehearsal.report.exitStatus
        guard status == .done || status == .undelivered else {
            let failure = PlanDocument.District(settings, rehearsal, upload: upload).failures.first
            return ApplyDocument.District(
                settings.name,
                refused: [failure.map { "\($0.reason); to mend it: \($0.repair)" } ?? "it can't be read"],
                status: status)
        }
        var wanted = Set(plan.effects ?? [])
        if self.upload {
            wanted.formUnion(plan.waiting.filter { $0.side == Side.clever.rawValue }.compactMap(\.effect))
        }
        let found = Set(rehearsal.writes.map(\.effect))
        guard wanted == found else {
            let differences =
                wanted.subtracting(found).map { "no longer called for: \($0.text)" }.sorted()
                + found.subtracting(wanted).map { "not in the plan: \($0.text)" }.sorted()
            return ApplyDocument.District(settings.name, refused: differences, status: .undelivered)
        }
        let shared = try SharedServices(events: progress, progress: progress)
        let service = DistrictService(
            settings: settings, state: state, stateDirectory: directory, shared: shared, delivery: .only(wanted))
        let report = await stop.whileRunning {
            await service.engine.runCycle(.once, upload: upload)
        } onStop: {
            await service.engine.stop()
        }
        return ApplyDocument.District(report, planned: wanted)
    }

    private func refuse(_ reason: String, _ status: ExitStatus = .undelivered) -> ExitCode {
        Terminal.complain("refused: \(reason)")
        return status.exitCode
    }
}

extension PlannedWrite.Effect {
    fileprivate var text: String {
        "\(side) \(cleverSection) \(cleverStudent) \(day) \(from) -> \(to)"
    }
}

/// `apply --json`.
struct ApplyDocument: Encodable {
    struct District: Encodable {
        var district: String
        /// `applied`, or `refused`: then nothing was written.
        var outcome: String
        var cycle: Int64?
        var planned: Int
        var acknowledged: Int
        var uploaded: Int
        /// What differs from the plan, for one that was refused.
        var differences: [String]
        let status: ExitStatus
        private let cycleText: String

        init(_ district: String, refused differences: [String], status: ExitStatus) {
            self.district = district
            outcome = "refused"
            planned = 0
            acknowledged = 0
            uploaded = 0
            self.differences = differences
            self.status = status
            cycleText = ""
        }

        init(_ report: CycleReport, planned: Set<PlannedWrite.Effect>) {
            district = report.district
            outcome = "applied"
            cycle = report.cycle
            self.planned = planned.count
            acknowledged = report.counts.acknowledged
            uploaded = report.counts.uploaded
            differences = []
            status = report.exitStatus
            cycleText = report.text
        }

        var text: String {
            guard outcome == "refused" else {
                return cycleText + "\n  planned               \(Words.count(planned, "write"))"
            }
            let shown = differences.prefix(20).map { "  \($0)" }
            let rest = differences.count - shown.count
            return
                (["\(district): refused, and nothing was written: the sides have moved since the plan was made"] + shown
                + (rest > 0 ? ["  … and \(rest) more"] : []) + ["  make a new plan: `\(typed("plan --out FILE"))`"])
                .joined(separator: "\n")
        }

        enum CodingKeys: String, CodingKey {
            case district, outcome, cycle, planned, acknowledged, uploaded, differences
        }
    }

    var version = 1
    var districts: [District]
}
