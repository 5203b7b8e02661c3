import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct ConflictsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conflicts",
        abstract: "Marks that were changed on both sides to different values, and deciding those left open.",
        subcommands: [ListCommand.self, ShowCommand.self, ResolveCommand.self], defaultSubcommand: ListCommand.self)

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the conflicts that are open; with --all, the whole log.")

        @OptionGroup var options: GlobalOptions
        @Flag(help: "Also those that a policy or an operator decided, and those that dissolved by themselves.")
        var all = false

        func run() async throws {
            let loaded = try options.load(secrets: false)
            var rows: [ConflictRow] = []
            for settings in try options.districts(loaded) {
                guard let state = try openState(settings.name, loaded, .readOnly) else { continue }
                rows += try state.reading { tx in
                    try tx.conflicts(openOnly: !all).map { try ConflictRow(settings, $0, tx) }
                }
            }
            guard !options.json else { return try Terminal.say(json: ConflictsDocument(conflicts: rows)) }
            guard !rows.isEmpty else { return Terminal.say(all ? "No conflicts." : "No open conflicts.") }
            var table = Table([
                "ID", "DISTRICT", "STATE", "DATE", "STUDENT", "SECTION", "BASE", "CLEVER", "SCHOOLOGY", "DETECTED",
                "OUTCOME",
            ])
            for row in rows {
                table.add([
                    String(row.id), row.district, row.state, row.date, row.cleverStudentID, row.cleverSectionID,
                    row.base, row.clever, row.schoology, row.detected, row.outcome,
                ])
            }
            Terminal.say(table.text)
            if rows.contains(where: { $0.state == "open" }) {
                let command = typed("conflicts resolve ID --take clever|schoology|STATUS --by NAME --reason TEXT")
                Terminal.say("\nDecide one with `\(command)`.")
            }
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Everything known about one conflict.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "An id, as `conflicts list` shows it.") var id: Int64

        func run() async throws {
            let loaded = try options.load(secrets: false)
            let settings = try options.theDistrict(loaded)
            guard let state = try openState(settings.name, loaded, .readOnly),
                let row = try state.reading({ tx in try tx.conflict(id: id).map { try ConflictRow(settings, $0, tx) } })
            else { throw noSuchConflicts([id]) }
            if options.json { try Terminal.say(json: ConflictDocument(conflict: row)) } else { Terminal.say(row.text) }
        }
    }

    struct ResolveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resolve", abstract: "Decide open conflicts. The next cycle writes what was decided.",
            discussion: """
                --take clever writes Clever's mark to Schoology, --take schoology sends Schoology's to Clever with the \
                next attendance.csv, and --take absent (or present, late, excused) brings both sides to that status. \
                A person's word goes before `policy` and `protect`, and holds until a side changes again. A side that \
                `direction` doesn't write is left as it is.
                """)

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Ids, as `conflicts list` shows them.") var ids: [Int64] = []
        @Flag(help: "Every open conflict.") var all = false
        @Option(help: "clever, schoology, present, absent, late or excused.") var take: Choice
        @Option(help: "Who decides; kept in the log. Default: the user that runs the command.") var by: String?
        @Option(help: "Why; kept in the log.") var reason: String?

        func validate() throws {
            guard all != !ids.isEmpty else { throw ValidationError("Name ids, or --all for every open conflict.") }
        }

        func run() async throws {
            let loaded = try options.load(secrets: false)
            let districts = try all ? options.districts(loaded) : [options.theDistrict(loaded)]
            let name = Operator.name(by)
            var resolved: [ConflictRow] = []
            var unknown: [Int64] = []
            var closed: [Int64] = []
            for settings in districts {
                guard let state = try openState(settings.name, loaded, .shared) else {
                    unknown += ids
                    continue
                }
                try state.transaction { tx in
                    let wanted = try all ? tx.conflicts(openOnly: true).map(\.id) : ids
                    let found = try wanted.compactMap { try tx.conflict(id: $0) }
                    unknown += wanted.filter { id in !found.contains { $0.id == id } }
                    closed += found.filter { $0.state != .open }.map(\.id)
                    // All of them or none: nobody has to find out which were decided before the wrong id.
                    guard unknown.isEmpty, closed.isEmpty else { return }
                    for conflict in found {
                        try tx.resolve(
                            conflict, status: take.status(of: conflict), direction: settings.direction,
                            outcome: take.outcome(of: conflict, direction: settings.direction), by: name,
                            reason: reason, now: .current)
                        guard let decided = try tx.conflict(id: conflict.id) else { continue }
                        resolved.append(try ConflictRow(settings, decided, tx))
                    }
                }
            }
            if !closed.isEmpty {
                Terminal.complain(
                    "not open any more, and nothing was decided: \(closed.map(String.init).joined(separator: ", ")); `conflicts show ID` says why"
                )
            }
            guard unknown.isEmpty else { throw noSuchConflicts(unknown) }
            guard closed.isEmpty else { throw ExitStatus.usage.exitCode }
            if options.json {
                try Terminal.say(json: ConflictsDocument(conflicts: resolved))
            } else {
                for row in resolved { Terminal.say("\(row.id) decided: \(row.outcome)") }
                if resolved.isEmpty, all { Terminal.say("No open conflicts.") }
                if !resolved.isEmpty { Terminal.say("The next cycle writes what was decided.") }
            }
        }
    }

    /// What an operator takes.
    enum Choice: ExpressibleByArgument {
        case side(Side)
        case status(Status)

        init?(argument: String) {
            if let side = Side(rawValue: argument) {
                self = .side(side)
            } else if let status = Status(name: argument) {
                self = .status(status)
            } else {
                return nil
            }
        }

        static var allValueStrings: [String] { Side.allCases.map(\.rawValue) + Status.allCases.map(\.description) }

        func status(of conflict: StoredConflict) -> Status {
            switch self {
            case .side(.clever): conflict.clever
            case .side(.schoology): conflict.schoology
            case .status(let status): status
            }
        }

        func outcome(of conflict: StoredConflict, direction: Direction) -> String {
            let status = status(of: conflict)
            let winner =
                switch self {
                case .side(let side): "\(side) wins: \(status)"
                case .status: "operator: \(status)"
                }
            var left: [String] = []
            if conflict.clever != status, !direction.writesClever { left.append("Clever") }
            if conflict.schoology != status, !direction.writesSchoology { left.append("Schoology") }
            return left.isEmpty ? winner : "\(winner); \(left.joined(separator: " and ")) left as it is"
        }
    }
}

private func noSuchConflicts(_ ids: [Int64]) -> ExitCode {
    Terminal.complain(
        "no such conflict: \(ids.map(String.init).joined(separator: ", ")); `conflicts list --all` shows them all")
    return ExitStatus.usage.exitCode
}
