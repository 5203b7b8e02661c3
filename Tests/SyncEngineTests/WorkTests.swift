import AttendanceCore
import Foundation
import Testing

import GRDB
@testable import SyncEngine
@testable import SyncState

/// What cycles cost, in counts that are the same on every machine: with the size of the district, and with its history.
/// Times are measured in `Benchmarks/`.
@Suite struct WorkTests {
    private struct Cost {
        var work: Work.Counts
        /// Rows that were inserted, updated or deleted.
        var rows: Int
        /// Pages of the file that were not in SQLite's cache.
        var pages: Int
        var report: CycleReport
    }

    private func cycle(_ town: Town, _ engine: DistrictEngine) async throws -> Cost {
        town.time.advance(.minutes(1))
        let state = await engine.state
        let work = Work()
        try work.watch(state)
        let rows = try state.reading { $0.db.totalChangesCount }
        // So small a cache that a page counts each time that something else was read meanwhile.
        try state.reading { try $0.db.execute(sql: "PRAGMA cache_size = 24") }
        let pages = try Work.pagesRead(state)
        let start = work.sofar
        let report = await engine.runCycle(.scheduled)
        let end = work.sofar
        return Cost(
            work: end - start, rows: try state.reading { $0.db.totalChangesCount } - rows,
            pages: try Work.pagesRead(state) - pages, report: report)
    }

    private func town(_ students: Int) async throws -> Town {
        try await Town.start(students: students, elementaryPercent: 0)
    }

    /// The first cycle of a district, one in which Clever has not moved, and one in which it has moved and says the same.
    private func costs(_ town: Town) async throws -> (first: Cost, quiet: Cost, rescan: Cost) {
        let engine = try town.open()
        let first = try await cycle(town, engine)
        let quiet = try await cycle(town, engine)
        town.sandbox.finishAttendanceSync()
        let rescan = try await cycle(town, engine)
        #expect(quiet.report.unchanged && !rescan.report.unchanged)
        #expect(rescan.report.counts.records > 0 && rescan.report.counts.changed == 0)
        return (first, quiet, rescan)
    }

    @Test func aCycleCostsWhatChanges() async throws {
        let (few, many) = (96, 384)
        let (small, large) = (try await costs(try await town(few)), try await costs(try await town(many)))

        // Nothing changed: as many statements whatever the size, and a look at each section whether it is due.
        #expect(small.quiet.work.statements <= 105)
        #expect(large.quiet.work.statements == small.quiet.work.statements)
        #expect(large.quiet.work.steps - small.quiet.work.steps <= 4 * (many - few))
        #expect(large.quiet.rows == small.quiet.rows && small.quiet.rows <= 4)

        // The same pages: some statements for each, and none for their records.
        for cost in [small.rescan, large.rescan] {
            let statements = cost.work.statements - small.quiet.work.statements
            #expect(statements <= 30 + 14 * cost.report.counts.pages)
            #expect(cost.work.steps - small.quiet.work.steps <= 4 * (many - few) + 160 * cost.report.counts.pages)
        }

        // The first time: so much for each mark, read, decided, sent and audited, in a district of any size.
        for cost in [small.first, large.first] {
            #expect(cost.work.statements <= 75 * cost.report.counts.changed)
            #expect(cost.work.steps <= 2410 * cost.report.counts.changed)
        }
    }

    /// 20 000 marks of half a year that is over.
    @Test func aLongHistoryCostsACycleNothing() async throws {
        let town = try await town(96)
        let pair = try #require(town.secondary.first { (try? town.shown($0)) == 1 })
        let new = try await costs(town)
        try town.mark(pair, "absent")
        _ = try await cycle(town, town.open())
        try town.mark(pair, "tardy")
        let newChange = try await cycle(town, town.open())
        try town.writing { tx in
            let today = Day(Town.today.description)!
            for number in 0..<20_000 {
                let day = today - (20 + number % 180)
                let (section, student) = (Int64(1 + number / 180 % 96), Int64(1 + number / 180))
                var mark = StoredMark()
                (mark.base, mark.schoology) = (.absent, .absent)
                try tx.save(mark, Key(section: section, student: student, day: day))
                try tx.storeRecord(
                    day: day, school: 1, student: student, section: section, status: .absent, code: nil, sisID: nil,
                    modified: Town.start)
            }
            try tx.run("UPDATE clever_record SET state = 0")
        }
        let engine = try town.open()
        let quiet = try await cycle(town, engine)
        town.sandbox.finishAttendanceSync()
        let rescan = try await cycle(town, engine)
        // And a mark that changes.
        try town.mark(pair, "absent", code: "MED")
        let change = try await cycle(town, engine)
        #expect(change.report.counts.changed == 1 && newChange.report.counts.changed == 1)
        // The marks of one day lie all over the table: what is asked of them stands in an index.
        #expect(change.pages * 10 <= newChange.pages * 13)
        for (now, before) in [(quiet, new.quiet), (rescan, new.rescan), (change, newChange)] {
            let grown = now.work.stepsOf.filter { $0.value > (before.work.stepsOf[$0.key] ?? 0) + 100 }
            #expect(now.work.steps * 10 <= before.work.steps * 11, "\(grown)")
            #expect(now.work.statements * 10 <= before.work.statements * 11)
        }
    }
}
