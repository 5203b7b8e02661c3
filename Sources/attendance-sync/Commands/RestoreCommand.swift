import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of a district's state. Stop the service first.",
        discussion: """
            The backup is copied, looked through and upgraded before anything is replaced; the state that it replaces \
            is kept beside it under a dated name. The next cycle reads both sides over the whole lookback before it \
            decides anything, and leaves what it can't tell to a person.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "A file that `backup` made.", completion: .file()) var file: String

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let settings = try options.theDistrict(loaded)
        let directory = loaded.configuration.stateDirectory
        let report: StateRestore.Report
        do {
            report = try StateRestore(file: file, directory: directory, district: settings.name).run(now: .current)
        } catch {
            Terminal.complain("nothing was restored: \(words(error, settings.name))")
            throw status(error).exitCode
        }
        if options.json {
            try Terminal.say(json: RestoreDocument(district: settings.name, file: file, report))
        } else {
            Terminal.say(text(report, settings.name))
        }
    }

    private func words(_ failure: StateRestore.Failure, _ district: String) -> String {
        switch failure {
        case .noFile(let path): "there is no file \(path)"
        case .notAState(let path):
            "\(path) is a database, but no state of attendance-sync\n  to mend it: name a file that `backup` made"
        case .otherDistrict(let path, let name?):
            "\(path) is a backup of the district \(name), not of \(district)\n  to mend it: --district \(name), or "
                + "another file"
        case .otherDistrict(let path, nil):
            "\(path) knows none of the schools that \(district) has, so it is of another district\n  to mend it: name "
                + "a backup of \(district)"
        case .state(.locked(let path)):
            "another attendance-sync process is using \(path)\n  to mend it: stop it (`systemctl stop "
                + "attendance-sync`), restore, and start it again"
        case .state(.newerVersion(let path)):
            "\(path) was written by a newer version of attendance-sync\n  to mend it: install that version, or name an "
                + "older backup"
        case .state(.damaged(let path, let detail)):
            "\(path) is damaged: \(detail)\n  to mend it: name an older backup"
        case .state(let reason): "\(reason)\n  to mend it: \(reason.repair)"
        }
    }

    private func status(_ failure: StateRestore.Failure) -> ExitStatus {
        switch failure {
        case .noFile, .otherDistrict: .usage
        case .notAState: .operatorMustAct
        case .state(let reason): reason.exitStatus
        }
    }

    private func text(_ report: StateRestore.Report, _ district: String) -> String {
        var lines = [
            "\(district): restored from \(file), a backup of \(report.backupAt)"
                + (report.lastCycle.map { ", up to cycle \($0.id)" } ?? "")
        ]
        if let from = report.migratedFrom {
            lines.append("  upgraded from schema \(from) to \(SyncState.schemaVersion)")
        }
        if let replaced = report.replaced {
            lines.append(
                "  what was there before is \(replaced)"
                    + (report.replacedIsDamaged ? ", damaged as it was" : "; remove it when you are sure"))
        }
        if !report.isNamed {
            lines.append(
                "  note: the file doesn't say which district it is of (`backup` writes that down); make sure that it "
                    + "is \(district)'s")
        }
        if report.isPaused { lines.append("  the district is paused: `\(typed("resume --district \(district)"))`") }
        lines.append(
            "  next: start the service. Its first cycle reads both sides over the whole lookback; what can't be told "
                + "any more is left open: `\(typed("conflicts list --district \(district)"))`")
        return lines.joined(separator: "\n")
    }
}

/// `restore --json`.
struct RestoreDocument: Encodable {
    var version = 1
    var district: String
    var file: String
    var backupAt: String
    var lastCycle: Int64?
    var replaced: String?
    var replacedIsDamaged: Bool
    var migratedFrom: String?
    var paused: Bool

    init(district: String, file: String, _ report: StateRestore.Report) {
        self.district = district
        self.file = file
        backupAt = report.backupAt.description
        lastCycle = report.lastCycle?.id
        replaced = report.replaced
        replacedIsDamaged = report.replacedIsDamaged
        migratedFrom = report.migratedFrom
        paused = report.isPaused
    }

    enum CodingKeys: String, CodingKey {
        case version, district, file
        case backupAt = "backup_at"
        case lastCycle = "last_cycle"
        case replaced
        case replacedIsDamaged = "replaced_is_damaged"
        case migratedFrom = "migrated_from"
        case paused
    }
}
