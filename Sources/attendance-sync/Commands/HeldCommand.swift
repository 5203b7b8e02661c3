import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct HeldCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "held",
        abstract: "Batches of writes that the safety valve stopped, until somebody has looked at them.",
        discussion: """
            A batch is held when it is past both thresholds of [district.safety], when a whole school's marks are gone or \
            all of its students get the same mark, with a new district's first writes (first_cycle = "hold"), and when the \
            configuration's direction, scope, matching, mapping or time zone has changed. Other dates and schools go on.
            """,
        subcommands: [ListCommand.self, ShowCommand.self, ApproveCommand.self, DiscardCommand.self],
        defaultSubcommand: ListCommand.self)

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the batches that are held; with --all, also those that were decided.")

        @OptionGroup var options: GlobalOptions
        @Flag(help: "Also those that were approved, discarded, or dissolved by themselves.") var all = false

        func run() async throws {
            let loaded = try options.load(secrets: false)
            var rows: [HeldRow] = []
            for settings in try options.districts(loaded) {
                guard let state = try openState(settings.name, loaded, .readOnly) else { continue }
                rows += try state.reading { tx in
                    try tx.heldBatches(openOnly: !all).map { HeldRow(settings, $0) }
                }
            }
            guard !options.json else { return try Terminal.say(json: HeldDocument(held: rows)) }
            guard !rows.isEmpty else { return Terminal.say(all ? "No batch was ever held." : "Nothing is held.") }
            var table = Table(["ID", "DISTRICT", "STATE", "SIDE", "DATE", "SCHOOL", "CHANGES", "SINCE", "REASON"])
            for row in rows {
                table.add([
                    String(row.id), row.district, row.state, row.side ?? "both", row.date ?? "all",
                    row.cleverSchoolID ?? "all", String(row.changes), row.created, row.reason,
                ])
            }
            Terminal.say(table.text)
            if rows.contains(where: { $0.state == "held" }) {
                Terminal.say(
                    """

                    Look at one with `\(typed("held show ID"))`. `held approve ID` writes it; `held discard ID` refuses \
                    its changes, which are not proposed again until the side that they came from changes.
                    """)
            }
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Every change of one batch.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "An id, as `held list` shows it.") var id: Int64

        func run() async throws {
            let loaded = try options.load(secrets: false)
            let settings = try options.theDistrict(loaded)
            guard let state = try openState(settings.name, loaded, .readOnly) else { throw noSuchBatches([id]) }
            let found = try state.reading { tx -> (HeldBatch, [OutboxRow])? in
                guard let batch = try tx.heldBatch(id: id) else { return nil }
                return (
                    batch,
                    try tx.writes(heldBy: id).map {
                        OutboxRow(settings, $0, try tx.keyDetail($0.key, daily: settings.clever.daily))
                    }
                )
            }
            guard let (batch, writes) = found else { throw noSuchBatches([id]) }
            let row = HeldRow(settings, batch)
            guard !options.json else { return try Terminal.say(json: HeldBatchDocument(batch: row, writes: writes)) }
            Terminal.say(
                "batch \(id) in \(row.district): \(row.state), \(Words.count(row.changes, "change")) to "
                    + "\(row.side ?? "both sides") for \(row.date ?? "all dates"): \(row.reason)")
            if let decided = row.decided {
                Terminal.say(
                    "\(row.state) at \(decided) by \(row.decidedBy ?? "itself")"
                        + (row.decisionReason.map { ": \($0)" } ?? ""))
            }
            guard !writes.isEmpty else { return }
            var table = Table([
                "DATE", "STUDENT", "SECTION", "SIDE", "BASE", "CLEVER", "SCHOOLOGY", "BECOMES", "DECIDED BY",
            ])
            for write in writes {
                table.add([
                    write.key.date, write.key.cleverStudentID, write.key.cleverSectionID, write.side, write.key.base,
                    write.key.clever, write.key.schoology, write.status, write.cause,
                ])
            }
            Terminal.say("\n" + table.text)
        }
    }

    struct ApproveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "Let batches go: everything in them is written.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Ids, as `held list` shows them.") var ids: [Int64]
        @Option(help: "Who decides; kept in the state. Default: the user that runs the command.") var by: String?
        @Option(help: "Why; kept in the state.") var reason: String?

        func run() async throws {
            try decide(options, ids, verb: "approved") { tx, batch, now in
                try tx.approve(batch, by: Operator.name(by), reason: reason, now: now)
            }
        }
    }

    struct DiscardCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Refuse what batches hold. It is not proposed again until the side that it came from changes.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Ids, as `held list` shows them.") var ids: [Int64]
        @Option(help: "Who decides; kept in the state. Default: the user that runs the command.") var by: String?
        @Option(help: "Why; kept in the state.") var reason: String?

        func run() async throws {
            try decide(options, ids, verb: "discarded") { tx, batch, now in
                try tx.discard(batch, by: Operator.name(by), reason: reason, now: now)
            }
        }
    }
}

/// Decides batches of one district, all of them or none, beside a running daemon if there is one.
private func decide(
    _ options: GlobalOptions, _ ids: [Int64], verb: String,
    _ body: (Transaction, HeldBatch, Timestamp) throws -> Void
) throws {
    let loaded = try options.load(secrets: false)
    let settings = try options.theDistrict(loaded)
    guard let state = try openState(settings.name, loaded, .shared) else { throw noSuchBatches(ids) }
    var unknown: [Int64] = []
    var decided: [HeldBatch] = []
    try state.transaction { tx in
        let batches = try ids.map { ($0, try tx.heldBatch(id: $0)) }
        unknown = batches.filter { $0.1?.state != .held }.map(\.0)
        guard unknown.isEmpty else { return }
        decided = batches.compactMap(\.1)
        for batch in decided { try body(tx, batch, .current) }
    }
    guard unknown.isEmpty else { throw noSuchBatches(unknown) }
    let rows = try state.reading { tx in try ids.compactMap { try tx.heldBatch(id: $0) } }
    let news = RunningDaemon.tell(settings.name, loaded)
    guard !options.json else {
        return try Terminal.say(json: HeldDocument(held: rows.map { HeldRow(settings, $0) }))
    }
    for batch in decided { Terminal.say("batch \(batch.id) \(verb): \(Words.count(batch.changes, "change"))") }
    if verb == "approved" { Terminal.say(news) }
}

private func noSuchBatches(_ ids: [Int64]) -> ExitCode {
    Terminal.complain(
        "not held: \(ids.map(String.init).joined(separator: ", ")); `held list` shows what is, `held list --all` the rest"
    )
    return ExitStatus.usage.exitCode
}

/// One row of `held list`.
struct HeldRow: Encodable {
    var id: Int64
    var district: String
    /// Nil: both.
    var side: String?
    var date: String?
    var cleverSchoolID: String?
    var kind: String
    var reason: String
    var state: String
    var changes: Int
    var created: String
    var cycle: Int64
    var decided: String?
    var decidedBy: String?
    var decisionReason: String?

    init(_ settings: DistrictSettings, _ batch: HeldBatch) {
        id = batch.id
        district = settings.name
        side = batch.side?.rawValue
        date = batch.day?.description
        cleverSchoolID = batch.schoolCleverID
        kind = batch.kind.rawValue
        reason = batch.reason
        state = batch.state.name
        changes = batch.changes
        created = batch.created.description
        cycle = batch.cycle
        decided = batch.decided?.description
        decidedBy = batch.decidedBy
        decisionReason = batch.decisionReason
    }

    enum CodingKeys: String, CodingKey {
        case id, district, side, date
        case cleverSchoolID = "clever_school_id"
        case kind, reason, state, changes, created, cycle, decided
        case decidedBy = "decided_by"
        case decisionReason = "decision_reason"
    }
}

/// `held list --json`, `held approve --json`, `held discard --json`.
struct HeldDocument: Encodable {
    var version = 1
    var held: [HeldRow]
}

/// `held show --json`.
struct HeldBatchDocument: Encodable {
    var version = 1
    var batch: HeldRow
    var writes: [OutboxRow]
}
