import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a district's state into one file, with the daemon running.",
        discussion: """
            The file is the state as it was at one instant, looked through before it gets its name, and readable by its \
            owner alone. A file of that name is never overwritten. It holds ids and attendance, no secrets.
            """)

    @OptionGroup var options: GlobalOptions
    @Argument(help: "The file to make.", completion: .file()) var file: String

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let settings = try options.theDistrict(loaded)
        guard let state = try openState(settings.name, loaded, .readOnly) else {
            Terminal.complain("\(settings.name): no cycle has run yet, so there is nothing to back up")
            throw ExitStatus.usage.exitCode
        }
        let content: StateBackup.Content
        do {
            content = try StateBackup.make(of: state, district: settings.name, at: file, now: .current)
        } catch {
            switch error {
            case .exists(let path):
                Terminal.complain("\(path) exists, and is not overwritten\n  to mend it: name another file")
                throw ExitStatus.usage.exitCode
            case .state(var reason):
                // What is damaged is not the copy.
                if case .damaged(_, let detail) = reason { reason = .damaged(path: state.path, detail: detail) }
                Terminal.complain("no backup was made: \(reason)\n  to mend it: \(repair(reason))")
                throw reason.exitStatus.exitCode
            }
        }
        if options.json {
            try Terminal.say(
                json: BackupDocument(
                    district: settings.name, file: file, bytes: content.bytes, lastCycle: content.lastCycle?.id,
                    auditLines: content.auditLines))
        } else {
            let cycle = content.lastCycle.map { "up to cycle \($0.id) of \($0.started)" } ?? "before the first cycle"
            Terminal.say(
                "\(settings.name): backed up to \(file): \(Words.count(content.bytes, "byte")), \(cycle), "
                    + "\(Words.count(content.auditLines, "line")) of the audit trail; looked through and whole")
        }
    }

    private func repair(_ reason: StateError) -> String {
        switch reason {
        case .inaccessible: "check that the folder is there and may be written"
        case .diskFull: "free space on the disk that the backup is for"
        case .damaged, .locked, .newerVersion, .outOfDescriptors, .absent: reason.repair
        }
    }
}

/// `backup --json`.
struct BackupDocument: Encodable {
    var version = 1
    var district: String
    var file: String
    var bytes: Int
    var lastCycle: Int64?
    var auditLines: Int

    enum CodingKeys: String, CodingKey {
        case version, district, file, bytes
        case lastCycle = "last_cycle"
        case auditLines = "audit_lines"
    }
}
