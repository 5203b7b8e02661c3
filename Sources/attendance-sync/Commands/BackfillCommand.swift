import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState

struct BackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Go over past attendance dates: both sides are read and brought together for them.",
        discussion: """
            The range is half open: --from 2026-09-01 --to 2026-10-01 is all of September. Watermarks stay as they are. How \
            far it has come is kept: interrupted, it goes on where it stopped, with the next `backfill` of the same range or \
            in the daemon. With a daemon running, that does it between its polls, and this command waits and watches.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "The first date, as 2026-09-01.") var from: String
    @Option(help: "The date after the last one.") var to: String
    @Flag(help: "With a daemon running: don't wait for it.") var noWait = false
    @Option(help: "Who asks for it; kept in the state. Default: the user that runs the command.") var by: String?

    func validate() throws {
        let (first, end) = (try DayArgument.day(from, "--from"), try DayArgument.day(to, "--to"))
        guard first < end else {
            throw ValidationError("--to is the date after the last one: \(from) to \(to) has no day in it.")
        }
    }

    func run() async throws {
        let loaded = try options.load(secrets: true)
        let days = try DayArgument.day(from, "--from")...(DayArgument.day(to, "--to") - 1)
        var results: [BackfillDocument.District] = []
        var statuses: [ExitStatus] = []
        for settings in try options.districts(loaded) {
            guard let state = try openState(settings.name, loaded, .shared),
                try state.reading({ try $0.number(.watermark) }) != nil
            else {
                Terminal.complain(
                    "\(settings.name): Clever has not been read yet: run `\(typed("once --district \(settings.name)"))` first"
                )
                throw ExitStatus.operatorMustAct.exitCode
            }
            let id = try state.transaction { tx in
                if let open = try tx.openBackfill(), open.days == days { return open.id }
                return try tx.requestBackfill(days, by: Operator.name(by), now: .current)
            }
            state.close()
            let (result, status) = try await follow(id, settings, loaded)
            results.append(result)
            statuses.append(status)
        }
        if options.json { try Terminal.say(json: BackfillDocument(districts: results)) }
        let status = ExitStatus.worst(of: statuses)
        guard status == .done else { throw status.exitCode }
    }

    /// Does it, or watches the daemon doing it.
    private func follow(
        _ id: Int64, _ settings: DistrictSettings, _ loaded: LoadedConfiguration
    ) async throws -> (BackfillDocument.District, ExitStatus) {
        if let daemon = RunningDaemon(settings.name, loaded) {
            daemon.wake()
            guard !noWait else {
                if !options.json {
                    Terminal.say("\(settings.name): the daemon goes over those dates between its polls.")
                }
                return (try document(id, settings, loaded), .done)
            }
            return (try await watch(id, settings, loaded), .done)
        }
        let events = EventLog.standard(loaded.configuration)
        defer { events.flush() }
        let progress = ProgressLine(log: events)
        let shared = try SharedServices(events: progress, progress: progress)
        let stop = StopSignals()
        var reports: [CycleReport] = []
        do {
            let service = try DistrictService(
                settings: settings, stateDirectory: loaded.configuration.stateDirectory, shared: shared)
            defer { service.state.close() }
            let collected = await stop.whileRunning {
                var collected: [CycleReport] = []
                while await service.engine.hasBackfill() {
                    let report = await service.engine.runCycle(.backfill)
                    collected.append(report)
                    guard report.failures.isEmpty, report.stateError == nil, report.outcome != .stopped else { break }
                }
                return collected
            } onStop: {
                await service.engine.stop()
            }
            reports = collected
        } catch let error as StateError {
            Terminal.complain("\(settings.name): \(error)\n  to mend it: \(error.repair)")
            throw error.exitStatus.exitCode
        }
        progress.clear()
        let result = try document(id, settings, loaded)
        if !options.json {
            for report in reports { Terminal.say(report.text) }
            Terminal.say(
                result.finished != nil
                    ? "\(settings.name): gone over \(Words.count(result.days, "day")) (\(result.from) to before \(result.to))"
                    : "\(settings.name): \(result.daysRead) of \(Words.count(result.days, "day")) read. The same command goes on from there."
            )
        }
        // What an earlier cycle left, a later one has taken up.
        let status = ExitStatus.worst(
            of: [reports.last?.exitStatus ?? .done, result.finished == nil ? .undelivered : .done])
        return (result, status)
    }

    private func watch(
        _ id: Int64, _ settings: DistrictSettings, _ loaded: LoadedConfiguration
    ) async throws -> BackfillDocument.District {
        let progress = ProgressLine(log: EventLog.standard(loaded.configuration))
        while true {
            let now = try document(id, settings, loaded)
            progress.show(
                settings.name,
                now.daysRead < now.days
                    ? CycleProgress(step: .readingPastDays, done: now.daysRead, total: now.days)
                    : CycleProgress(step: .readingBack))
            if now.finished != nil || RunningDaemon(settings.name, loaded) == nil {
                progress.clear()
                if !options.json {
                    Terminal.say(
                        now.finished != nil
                            ? "\(settings.name): the daemon has gone over \(now.from) to before \(now.to)"
                            : "\(settings.name): the daemon has ended; the same command goes on where it stopped")
                }
                return now
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    private func document(
        _ id: Int64, _ settings: DistrictSettings, _ loaded: LoadedConfiguration
    ) throws -> BackfillDocument.District {
        guard let state = try openState(settings.name, loaded, .readOnly),
            let backfill = try state.reading({ try $0.backfill(id: id) })
        else { throw ExitStatus.operatorMustAct.exitCode }
        return BackfillDocument.District(settings.name, backfill)
    }
}

/// `backfill --json`.
struct BackfillDocument: Encodable {
    struct District: Encodable {
        var district: String
        var id: Int64
        var from: String
        var to: String
        var days: Int
        var daysRead: Int
        var sectionsLeft: Int
        var finished: String?

        init(_ district: String, _ backfill: Backfill) {
            self.district = district
            id = backfill.id
            from = backfill.days.lowerBound.description
            to = (backfill.days.upperBound + 1).description
            days = backfill.dayCount
            daysRead = backfill.daysRead
            sectionsLeft = backfill.sectionsLeft
            finished = backfill.finished?.description
        }

        enum CodingKeys: String, CodingKey {
            case district, id, from, to, days
            case daysRead = "days_read"
            case sectionsLeft = "sections_left"
            case finished
        }
    }

    var version = 1
    var districts: [District]
}
