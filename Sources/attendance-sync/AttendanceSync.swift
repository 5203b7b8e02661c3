import ArgumentParser
import Glibc
import SyncState

/// The program: every command of the contract that this version has.
@main
enum Main {
    static func main() async {
        Terminal.ensureStreams()
        // Before anything is opened.
        OpenFiles.ensure()
        // What tells the daemon to look at its state must not end whatever else may hold that.
        signal(SIGUSR1, SIG_IGN)
        do {
            var command = try AttendanceSync.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as StateError {
            // Met in the middle of reading; where a command can say more, it has.
            Terminal.complain("\(error)\n  to mend it: \(error.repair)")
            exit(error.exitStatus.rawValue)
        } catch {
            AttendanceSync.exit(withError: error)
        }
    }
}

struct AttendanceSync: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attendance-sync",
        abstract: "Keeps school attendance the same in Clever and Schoology.",
        discussion: """
            Human text goes to standard output, logs to standard error. Exit codes: 0 done, 1 something decided was \
            not delivered, 64 wrong usage, 69 a side is unreachable, 75 another instance holds the state, 78 an \
            operator must act.
            """,
        version: Version.current,
        subcommands: [],
        groupedSubcommands: [
            CommandGroup(
                name: "Sync",
                subcommands: [
                    RunCommand.self, OnceCommand.self, PlanCommand.self, ApplyCommand.self, BackfillCommand.self,
                ]),
            CommandGroup(
                name: "See",
                subcommands: [
                    StatusCommand.self, ExplainCommand.self, HistoryCommand.self, UnmatchedCommand.self,
                    ReportCommand.self,
                ]),
            CommandGroup(
                name: "Decide",
                subcommands: [
                    ConflictsCommand.self, OutboxCommand.self, HeldCommand.self, UndoCommand.self, PauseCommand.self,
                    ResumeCommand.self,
                ]),
            CommandGroup(
                name: "Keep",
                subcommands: [
                    CheckConfigCommand.self, DoctorCommand.self, BackupCommand.self, RestoreCommand.self,
                    PurgeCommand.self,
                ]),
        ])
}

enum Version {
    static let current = "0.1.0"
}
