import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct PurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "What service.retention would delete; with --yes, delete it.",
        discussion: """
            `run` does the same once a day. What still waits for a write, a person or a match is kept, however old. The \
            rest of the audit trail stays verifiable. The file doesn't become smaller: the space is used again.
            """)

    @OptionGroup var options: GlobalOptions
    @Flag(help: "Delete it.") var yes = false

    func run() async throws {
        let loaded = try options.load(secrets: false)
        var rows: [PurgeRow] = []
        for settings in try options.districts(loaded) {
            guard let state = try openState(settings.name, loaded, yes ? .shared : .readOnly) else { continue }
            let purge = StatePurge(settings: settings, retention: loaded.configuration.retention, state: state)
            let limits = purge.limits(now: .current)
            do {
                let totals =
                    try yes ? await purge.run(limits, wantsMore: { true }) : state.reading { try $0.purgeable(limits) }
                let kept = try state.reading { try $0.keptThoughOld(limits) }
                rows.append(PurgeRow(purge, limits, totals, kept: kept, deleted: yes))
            } catch let error as StateError {
                Terminal.complain("\(settings.name): \(error)\n  to mend it: \(error.repair)")
                throw error.exitStatus.exitCode
            }
        }
        if options.json { return try Terminal.say(json: PurgeDocument(deleted: yes, districts: rows)) }
        guard !rows.isEmpty else { return Terminal.say("No cycle has run yet: there is nothing to purge.") }
        Terminal.say(rows.map(\.text).joined(separator: "\n\n"))
        if !yes, rows.contains(where: { $0.total > 0 }) {
            Terminal.say(
                "\nNothing was deleted. Delete it with `\(typed("purge --yes"))`; `run` does so once a day.")
        }
    }
}

/// What one district's purge deletes.
struct PurgeRow: Encodable {
    var district: String
    var kept: String
    var before: String
    var counts: [String: Int]
    var total: Int
    var keptThoughOld: Int
    private var deleted: Bool
    private var isRaised: Bool
    private var lookback: String

    init(_ purge: StatePurge, _ limits: PurgeLimits, _ totals: PurgeTotals, kept: Int, deleted: Bool) {
        district = purge.settings.name
        self.kept = purge.kept.description
        before = limits.firstDay.description
        counts = Dictionary(uniqueKeysWithValues: PurgedRows.allCases.map { ($0.rawValue, totals[$0]) })
        total = totals.sum
        keptThoughOld = kept
        self.deleted = deleted
        isRaised = purge.kept != purge.retention
        lookback = purge.settings.clever.lookback.description
    }

    enum CodingKeys: String, CodingKey {
        case district
        case kept = "retention"
        case before, counts, total
        case keptThoughOld = "kept_though_old"
    }

    var text: String {
        var lines = ["\(district): \(deleted ? "deleted" : "would delete") what is older than \(before) (\(kept))"]
        if isRaised {
            lines.append("  service.retention is shorter than the lookback of \(lookback) and a week: \(kept) counts")
        }
        for rows in PurgedRows.allCases {
            let name = rows.rawValue.replacing("_", with: " ")
            lines.append(
                "  " + name.padding(toLength: 16, withPad: " ", startingAt: 0) + "\(counts[rows.rawValue] ?? 0)")
        }
        if keptThoughOld > 0 {
            lines.append("  \(Words.count(keptThoughOld, "older mark")) kept, as something still waits for them")
        }
        return lines.joined(separator: "\n")
    }
}

/// `purge --json`.
struct PurgeDocument: Encodable {
    var version = 1
    var deleted: Bool
    var districts: [PurgeRow]
}
