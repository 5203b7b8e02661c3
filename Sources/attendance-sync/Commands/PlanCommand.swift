import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "What `once` would write now, mark by mark, with the reason. Writes nothing.",
        discussion: """
            Both sides are read, as `once` would, and everything is decided on a copy of the state in memory: nothing is \
            written to Clever, to Schoology or to the state. With --out the plan goes into a file that `apply` carries out. \
            Works beside a running daemon, and shares its rate limit.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "Write the plan into this file, for `apply`.") var out: String?
    @Flag(help: "Plan an upload of attendance.csv however short ago the last one was.") var upload = false

    func run() async throws {
        let loaded = try options.load(secrets: true)
        let districts = try options.districts(loaded)
        OpenFiles.ensure(districts: districts.count)
        let events = EventLog.standard(loaded.configuration)
        defer { events.flush() }
        let progress = ProgressLine(log: events)
        let shared = try SharedServices(events: RehearsalLog(progress), progress: progress)
        let stop = StopSignals()
        var plans: [PlanDocument.District] = []
        var statuses: [ExitStatus] = []
        for settings in districts {
            do {
                let rehearsal = try await Rehearsing.run(
                    settings, upload: upload, stateDirectory: loaded.configuration.stateDirectory, shared: shared,
                    stop: stop)
                plans.append(PlanDocument.District(settings, rehearsal, upload: upload))
                // That something waits is no failure of a plan.
                statuses.append(rehearsal.report.exitStatus == .undelivered ? .done : rehearsal.report.exitStatus)
            } catch let error as StateError {
                Terminal.complain("\(settings.name): \(error)\n  to mend it: \(error.repair)")
                throw error.exitStatus.exitCode
            }
        }
        progress.clear()
        events.flush()
        let document = PlanDocument(created: Timestamp.current.description, districts: plans)
        let bytes = try PlanDocument.encoded(document)
        if let out { try keep(bytes, in: out) }
        if options.json {
            Terminal.write(bytes)
        } else {
            let texts = zip(plans, districts).map { PlanText.of($0, rateLimit: $1.schoology.rateLimit) }
            Terminal.say(texts.joined(separator: "\n\n"))
            if let out {
                Terminal.say("\nThe plan is in \(out). `\(typed("apply \(out)"))` does exactly that, or refuses.")
            } else {
                Terminal.say("\nNothing was written. `\(typed("plan --out FILE"))` keeps a plan for `apply`.")
            }
        }
        let status = ExitStatus.worst(of: statuses)
        guard status == .done else { throw status.exitCode }
    }

    private func keep(_ plan: Data, in file: String) throws {
        do {
            try PrivateFile.replace(file, with: Array(plan))
        } catch {
            Terminal.complain("\(file) can't be written: \(error)")
            throw ExitStatus.operatorMustAct.exitCode
        }
    }
}
