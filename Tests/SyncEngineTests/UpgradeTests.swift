import AttendanceCore
import Foundation
import GRDB
import SyncEngine
import Testing

@testable import Sandbox
@testable import SyncState

/// States of every schema that this program ever had, each written by the last version that had it: they open, keep
/// what they hold, and the next cycle finds nothing to write.
@Suite struct UpgradeTests {
    /// What the version that wrote a fixture lived through, so that both sides can be brought to where it left them.
    enum Fixture: String, CaseIterable {
        case foundation = "1-foundation"
        case bothDirections = "2-both-directions"
        case operatorsTool = "3-operator"
        case largeDistricts = "4-large-districts"
        case longHistories = "5-long-histories"
        case sent = "6-sent"
        case passed = "7-passed"
        case withdrawn = "8-withdrawn"

        static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

        var file: URL { Self.folder.appending(path: rawValue + ".sql") }

        func town() async throws -> Town {
            switch self {
            case .foundation: try await Town.start(settings: { $0.conflicts.policy = .hold })
            case .bothDirections, .operatorsTool, .largeDistricts, .longHistories, .sent, .passed, .withdrawn:
                try await Town.bothWays(.hold)
            }
        }

        /// A day with every kind of mark: written, put back, excused, daily, in conflict, rejected, not understood.
        func live(in town: Town) async throws {
            if self == .foundation { try await town.cycle(.once) }
            let pairs = town.secondary
            try town.mark(pairs[0], "absent")
            try town.mark(pairs[3], "tardy")
            try town.mark(pairs[6], "absent", code: "E")
            try town.mark(town.homerooms[0], "absent", daily: true)
            try town.sandbox.setSchoologyMark(enrollment: pairs[9].enrollment, date: Town.today, status: 3)
            try town.mark(pairs[9], "absent")
            try town.mark(pairs[12], "absent")
            try town.mark(pairs[15], "vanished")
            town.sandbox.add(Fault(.itemCode(403, message: "no", enrollments: [pairs[12].enrollment])))
            if self == .foundation {
                try await town.nextCycle()
                try town.mark(pairs[0], "present")
                try await town.nextCycle()
                return
            }
            try town.teach(pairs[18], 3)
            try await town.nextCycle()
            try town.ingest()
            try await town.nextCycle()
            try town.decide(.excused)
            try town.teach(pairs[21], 4)
            try await town.nextCycle()
        }
    }

    @Test func thereIsAFixtureOfEverySchema() {
        #expect(Fixture.allCases.map(\.rawValue) == Migrations.all.migrations)
    }

    /// `ATTENDANCE_SYNC_WRITE_FIXTURE=1 swift test --filter UpgradeTests` writes the newest one anew, before there is a
    /// further migration.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["ATTENDANCE_SYNC_WRITE_FIXTURE"] != nil))
    func writesTheNewestFixture() async throws {
        let fixture = try #require(Fixture.allCases.last)
        let town = try await fixture.town()
        try await fixture.live(in: town)
        try FixtureText.write(town.folder.appending(path: "town.sqlite"), to: fixture.file)
    }

    @Test(arguments: Fixture.allCases) func keepsEveryRow(fixture: Fixture) throws {
        let place = try UpgradedState(fixture)
        let before = try place.rows()
        #expect(before.keys.contains("audit") && before["audit"]!.count >= 10)
        let state = try SyncState(directory: place.folder.path, district: "town", access: .exclusive)
        #expect(state.migratedFrom == fixture.rawValue)
        try state.check()
        state.close()
        let after = try place.rows(columnsOf: before)
        for (table, rows) in before {
            #expect(after[table].map { Set($0).isSuperset(of: rows) } == true, "\(table)")
            // A migration may add settings of its own.
            if table != "setting", table != "grdb_migrations" { #expect(after[table]?.count == rows.count, "\(table)") }
        }
    }

    /// What a write may have left at Schoology moved to a table of its own, as did its being of unknown outcome.
    @Test(arguments: [(1, OutboxItem.State.unknown), (0, .pending)])
    func whatMayHaveBeenSentIsKept(state was: Int, expected: OutboxItem.State) throws {
        let place = try UpgradedState(.longHistories)
        try place.execute("UPDATE outbox SET sent = 3, state = \(was), cycle = 7 WHERE side = 1")
        let state = try SyncState(directory: place.folder.path, district: "town", access: .exclusive)
        let items = try state.reading { try $0.outbox(deadOnly: false) }.filter { $0.side == .schoology }
        #expect(!items.isEmpty)
        for item in items {
            #expect(item.state == expected)
            let sent = try state.reading { try $0.sentMark(item.key) }
            #expect(sent == SentMark(status: .late, enrollment: nil, cause: item.cause, cycle: 7))
        }
    }

    @Test(arguments: Fixture.allCases) func theAuditTrailIsAChain(fixture: Fixture) throws {
        let place = try UpgradedState(fixture)
        let lines = try #require(try place.rows()["audit"]).count
        let state = try SyncState(directory: place.folder.path, district: "town", access: .exclusive)
        let verdict = try state.reading { try $0.verifyAuditTrail() }
        guard case .whole(lines, _) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(try state.reading { try $0.auditLinesCutOff() } == false)
    }

    @Test(arguments: Fixture.allCases) func theNextCycleWritesNothing(fixture: Fixture) async throws {
        let town = try await fixture.town()
        try await fixture.live(in: town)
        let was = try town.totals
        let marks = town.rows
        let file = town.dropBox.file
        // What this version has stored of the day makes way for what that one had.
        try FileManager.default.removeItem(at: town.folder)
        let place = try UpgradedState(fixture, in: town.folder)
        let lines = try #require(try place.rows()["audit"]).count
        town.sandbox.clearRequests()
        let report = try await town.nextCycle()
        #expect(report.failures.isEmpty && report.stateError == nil)
        #expect(town.puts.isEmpty)
        #expect(town.rows == marks)
        #expect(town.dropBox.file == file)
        #expect(try place.rows()["audit"]?.count == lines)
        #expect(report.totals.dead == 1 && was.dead == 1)
        #expect(report.totals.openConflicts == was.openConflicts)
        #expect(report.totals.unconfirmed == was.unconfirmed)
    }
}

/// A fixture's state in a folder, to be opened.
private final class UpgradedState {
    let folder: URL
    private let isOwn: Bool

    init(_ fixture: UpgradeTests.Fixture, in folder: URL? = nil) throws {
        isOwn = folder == nil
        self.folder =
            folder ?? FileManager.default.temporaryDirectory.appending(path: "upgrade-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        let database = try DatabaseQueue(path: self.folder.appending(path: "town.sqlite").path)
        try database.writeWithoutTransaction {
            try $0.execute(sql: String(contentsOf: fixture.file, encoding: .utf8))
        }
        try database.close()
    }

    deinit {
        if isOwn { try? FileManager.default.removeItem(at: folder) }
    }

    /// Columns that a migration replaced by something else.
    private static let moved = ["outbox": ["sent"]]

    func execute(_ sql: String) throws {
        let database = try DatabaseQueue(path: folder.appending(path: "town.sqlite").path)
        try database.write { try $0.execute(sql: sql) }
        try database.close()
    }

    /// Every row of every table as text; of other columns than `known` has, nothing.
    func rows(columnsOf known: [String: [String]]? = nil) throws -> [String: [String]] {
        let database = try DatabaseQueue(path: folder.appending(path: "town.sqlite").path)
        defer { try? database.close() }
        return try database.read { db in
            var tables: [String: [String]] = [:]
            for table in try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            {
                let wanted = known?[table]?.first.map {
                    $0.split(separator: "|").compactMap { $0.split(separator: "=").first }
                }
                let rows = try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"")
                tables[table] = rows.map { row in
                    row.filter { column, _ in
                        wanted.map { $0.contains(Substring(column)) } ?? true
                            && Self.moved[table]?.contains(column) != true
                    }
                    .map { "\($0)=\($1)" }.joined(separator: "|")
                }
            }
            return tables
        }
    }
}

/// A state as SQL text, as the fixtures are.
enum FixtureText {
    static func write(_ state: URL, to file: URL) throws {
        let database = try DatabaseQueue(path: state.path)
        defer { try? database.close() }
        let lines = try database.read { db in
            var lines = ["BEGIN TRANSACTION;"]
            let objects = try Row.fetchAll(
                db, sql: "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
            for object in objects where object["type"] == "table" { lines.append("\(object["sql"] as String);") }
            let tables = objects.filter { $0["type"] == "table" }.map { $0["name"] as String } + ["sqlite_sequence"]
            for table in tables {
                if table == "sqlite_sequence" { lines.append("DELETE FROM \"sqlite_sequence\";") }
                for row in try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"") {
                    let values = try row.databaseValues.map { value in
                        try String.fetchOne(db, sql: "SELECT quote(?)", arguments: [value]) ?? "NULL"
                    }
                    lines.append("INSERT INTO \"\(table)\" VALUES(\(values.joined(separator: ",")));")
                }
            }
            for object in objects where object["type"] == "index" { lines.append("\(object["sql"] as String);") }
            return lines + ["COMMIT;", ""]
        }
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    }
}
