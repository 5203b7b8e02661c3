import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Put back what a cycle wrote: shows it, and with --yes does it.",
        discussion: """
            The writes go through the same outbox and safety valve as any other. Marks that were changed since the cycle \
            are left alone and listed. What was undone is not proposed again until the side that it came from changes.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "The cycle, as `history`, `status` and the log name it.") var cycle: Int64
    @Flag(help: "Do it; without this it is only shown.") var yes = false
    @Option(help: "Who undoes it; kept in the audit trail. Default: the user that runs the command.") var by: String?
    @Option(help: "Why; kept in the audit trail.") var reason: String?

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let settings = try options.theDistrict(loaded)
        guard let state = try openState(settings.name, loaded, yes ? .shared : .readOnly),
            try state.reading({ try $0.hasCycle(cycle) })
        else {
            Terminal.complain("no such cycle: \(cycle); `\(typed("history"))` names those that wrote something")
            throw ExitStatus.usage.exitCode
        }
        let work = { (tx: Transaction) throws -> [UndoRow] in
            func clever(_ key: Key) throws -> Status? {
                guard let mark = try tx.cleverMark(key, daily: settings.clever.daily) else { return .present }
                return settings.statusMap.status(of: mark.status, excuseCode: mark.excuseCode)
            }
            return try tx.undoing(cycle: cycle, direction: settings.direction, clever: clever).map { undoing in
                let row = UndoRow(settings, undoing, try tx.keyDetail(undoing.key, daily: settings.clever.daily))
                if yes, undoing.obstacle == nil {
                    try tx.undo(
                        undoing, of: cycle, clever: clever(undoing.key), by: Operator.name(by), reason: reason,
                        now: .current)
                }
                return row
            }
        }
        let rows = try yes ? state.transaction(work) : state.reading(work)
        let undone = rows.filter { $0.obstacle == nil }
        let news = yes && !undone.isEmpty ? RunningDaemon.tell(settings.name, loaded) : ""
        guard !options.json else {
            return try Terminal.say(json: UndoDocument(district: settings.name, cycle: cycle, done: yes, writes: rows))
        }
        guard !rows.isEmpty else { return Terminal.say("Cycle \(cycle) of \(settings.name) wrote nothing.") }
        var table = Table(["DATE", "STUDENT", "SECTION", "SIDE", "CYCLE \(cycle) WROTE", "GOES BACK TO", ""])
        for row in rows {
            table.add([
                row.key.date, row.key.cleverStudentID, row.key.cleverSectionID, row.side, row.wrote,
                row.obstacle == nil ? row.backTo : "-", row.obstacle.map { "left alone: \($0)" } ?? "",
            ])
        }
        Terminal.say(table.text + "\n")
        let left = rows.count - undone.count
        let rest = left > 0 ? "; \(left) left alone" : ""
        if yes {
            Terminal.say("\(Words.count(undone.count, "mark")) put back\(rest). \(news)")
        } else {
            Terminal.say(
                "\(Words.count(undone.count, "mark")) would be put back\(rest). Nothing was changed: add --yes to do it."
            )
        }
    }
}

struct UndoRow: Encodable {
    var side: String
    var wrote: String
    var backTo: String
    var obstacle: String?
    var key: KeyRow

    init(_ settings: DistrictSettings, _ undoing: Undoing, _ detail: KeyDetail) {
        side = undoing.side.rawValue
        wrote = undoing.now.description
        backTo = undoing.was.description
        obstacle = undoing.obstacle
        key = KeyRow(detail, statusMap: settings.statusMap)
    }

    enum CodingKeys: String, CodingKey {
        case side, wrote
        case backTo = "back_to"
        case obstacle
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(side, forKey: .side)
        try container.encode(wrote, forKey: .wrote)
        try container.encode(backTo, forKey: .backTo)
        try container.encodeIfPresent(obstacle, forKey: .obstacle)
        try key.encode(to: encoder)
    }
}

/// `undo --json`.
struct UndoDocument: Encodable {
    var version = 1
    var district: String
    var cycle: Int64
    /// Whether the writes are under way, or were only shown.
    var done: Bool
    var writes: [UndoRow]
}
