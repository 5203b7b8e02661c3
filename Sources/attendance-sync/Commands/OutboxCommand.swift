import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Writes that are decided and not delivered, and dead letters.",
        subcommands: [ListCommand.self, RetryCommand.self, DropCommand.self], defaultSubcommand: ListCommand.self)

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Show the writes that wait, and those that were rejected for good.")

        @OptionGroup var options: GlobalOptions
        @Flag(help: "Only dead letters: writes that were rejected for good.")
        var dead = false

        func run() async throws {
            let loaded = try options.load(secrets: false)
            var rows: [OutboxRow] = []
            for settings in try options.districts(loaded) {
                guard let state = try openState(settings.name, loaded, .readOnly) else { continue }
                rows += try state.reading { tx in
                    try tx.outbox(deadOnly: dead).map { item in
                        OutboxRow(settings, item, try tx.keyDetail(item.key, daily: settings.clever.daily))
                    }
                }
            }
            guard !options.json else { return try Terminal.say(json: OutboxDocument(outbox: rows)) }
            guard !rows.isEmpty else {
                return Terminal.say(dead ? "No dead letters." : "Nothing waits: everything decided was delivered.")
            }
            var table = Table([
                "ID", "DISTRICT", "STATE", "DATE", "STUDENT", "SECTION", "TO", "TRIES", "CODE", "MESSAGE",
            ])
            for row in rows {
                table.add([
                    String(row.id), row.district, row.state, row.key.date, row.key.cleverStudentID,
                    row.key.cleverSectionID, "\(row.side)=\(row.status)", String(row.tries),
                    row.code.map(String.init) ?? "-", row.message ?? "",
                ])
            }
            Terminal.say(table.text)
        }
    }

    struct RetryCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retry", abstract: "Make writes due now; a dead letter lives again. The next cycle sends them."
        )

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Ids, as `outbox list` shows them.") var ids: [Int64] = []
        @Flag(help: "Every dead letter.") var dead = false

        func validate() throws {
            guard dead != !ids.isEmpty else { throw ValidationError("Name ids, or --dead for every dead letter.") }
        }

        func run() async throws {
            try change(options, ids: ids, allDead: dead) { tx, item, _ in
                guard try tx.retryOutboxItem(item.id) else { return nil }
                return "\(item.id) is due now; the next cycle sends it"
            }
        }
    }

    struct DropCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drop",
            abstract: "Give writes up. They are not proposed again until the side they come from changes.")

        @OptionGroup var options: GlobalOptions
        @Argument(help: "Ids, as `outbox list` shows them.") var ids: [Int64]
        @Option(help: "Why; kept in the audit trail.") var reason: String

        func run() async throws {
            try change(options, ids: ids, allDead: false) { tx, item, now in
                try tx.dropOutboxItem(item, reason: reason, now: now)
                guard item.uploads.isEmpty else {
                    return "\(item.id) dropped; it was in an uploaded file, and Clever may have taken it"
                }
                return "\(item.id) dropped"
            }
        }
    }
}

/// Opens a district's state for a command; says so and gives nil where no cycle has run yet.
func openState(_ district: String, _ loaded: LoadedConfiguration, _ access: SyncState.Access) throws -> SyncState? {
    do throws(StateError) {
        return try SyncState(directory: loaded.configuration.stateDirectory, district: district, access: access)
    } catch {
        if case .absent = error { return nil }
        Terminal.complain("\(district): \(error)\n  to mend it: \(error.repair)")
        throw error.exitStatus.exitCode
    }
}

/// Applies an operator's word to writes of one district, beside a running daemon if there is one.
private func change(
    _ options: GlobalOptions, ids: [Int64], allDead: Bool,
    _ apply: (Transaction, OutboxItem, Timestamp) throws -> String?
) throws {
    let loaded = try options.load(secrets: false)
    let districts = try allDead ? options.districts(loaded) : [options.theDistrict(loaded)]
    let now = Timestamp.current
    var done: [String] = []
    var missing: [Int64] = []
    for settings in districts {
        guard let state = try openState(settings.name, loaded, .shared) else {
            missing += ids
            continue
        }
        try state.transaction { tx in
            let wanted = allDead ? try tx.outbox(deadOnly: true).map(\.id) : ids
            for id in wanted {
                if let item = try tx.outboxItem(id: id), let line = try apply(tx, item, now) {
                    done.append(line)
                } else {
                    missing.append(id)
                }
            }
        }
    }
    if options.json {
        try Terminal.say(json: ChangeDocument(changed: done.count, unknown: missing.map(String.init)))
    } else {
        for line in done { Terminal.say(line) }
        if allDead, done.isEmpty { Terminal.say("No dead letters.") }
    }
    guard missing.isEmpty else {
        Terminal.complain(
            "no such write: \(missing.map(String.init).joined(separator: ", ")); `outbox list` shows those that wait")
        throw ExitStatus.usage.exitCode
    }
}

/// One row of `outbox list`.
struct OutboxRow: Encodable {
    var id: Int64
    var district: String
    var side: String
    var status: String
    var state: String
    var cause: String
    var tries: Int
    var created: String
    var nextAttempt: String?
    var code: Int?
    var message: String?
    var key: KeyRow

    init(_ settings: DistrictSettings, _ item: OutboxItem, _ detail: KeyDetail) {
        id = item.id
        district = settings.name
        side = item.side.rawValue
        status = item.status.description
        state =
            switch item.state {
            case .pending: "pending"
            case .unknown: "unknown"
            case .dead: "dead"
            case .unconfirmed: "unconfirmed"
            }
        cause = item.cause
        tries = item.tries
        created = item.created.description
        nextAttempt = item.state == .dead || item.nextAttempt.milliseconds == 0 ? nil : item.nextAttempt.description
        code = item.code
        message = item.message
        key = KeyRow(detail, statusMap: settings.statusMap)
    }

    enum CodingKeys: String, CodingKey {
        case id, district, side, status, state, cause, tries, created
        case nextAttempt = "next_attempt"
        case code, message
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(district, forKey: .district)
        try container.encode(side, forKey: .side)
        try container.encode(status, forKey: .status)
        try container.encode(state, forKey: .state)
        try container.encode(cause, forKey: .cause)
        try container.encode(tries, forKey: .tries)
        try container.encode(created, forKey: .created)
        try container.encodeIfPresent(nextAttempt, forKey: .nextAttempt)
        try container.encodeIfPresent(code, forKey: .code)
        try container.encodeIfPresent(message, forKey: .message)
        try key.encode(to: encoder)
    }
}

/// `outbox list --json`.
struct OutboxDocument: Encodable {
    var version = 1
    var outbox: [OutboxRow]
}

/// `outbox retry --json`, `outbox drop --json`.
struct ChangeDocument: Encodable {
    var version = 1
    var changed: Int
    var unknown: [String]
}
