import AttendanceCore
import SyncEngine
import SyncState
import Testing
import Transport

@testable import Sandbox

/// When sections are read back, and what causes it.
@Suite struct ReadBackTests {
    private func reads(_ town: Town) -> [String] {
        town.sandbox.requests.filter { $0.method == "GET" && $0.target.contains("/attendance?start=") }.map {
            String($0.target.split(separator: "/")[2])
        }
    }

    @Test func everySectionIsReadOnceAnInterval() async throws {
        let town = try await Town.bothWays()
        let sections = Set(town.sandbox.pairs().map(\.schoologySection))
        let engine = try town.open()
        let wait = try #require(await engine.untilReadBack())
        #expect(wait > .minutes(14) && wait <= .minutes(15))
        for _ in 0..<3 {
            town.sandbox.clearRequests()
            town.time.advance(.minutes(14))
            _ = await engine.runCycle(.readBack)
            #expect(reads(town) == [])
            town.time.advance(.minutes(1))
            #expect(await engine.untilReadBack() == .zero)
            _ = await engine.runCycle(.readBack)
            #expect(reads(town).sorted() == sections.sorted())
        }
        #expect(town.puts.isEmpty)
        #expect(town.cleverRequests.isEmpty)
    }

    @Test func aTriggerCausesOneReadOfItsSection() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        let engine = try town.open()
        _ = await engine.runCycle(.once)
        town.sandbox.clearRequests()
        town.time.advance(.minutes(1))
        let note = TriggerNotice(
            schoologySection: Int64(pair.schoologySection)!, enrollment: Int64(pair.enrollment)!,
            day: Day("2026-03-12"), editedAt: town.time.now)
        try town.teach(pair, 3)
        #expect(try town.writing { try $0.note([note, note], now: town.time.now) } == 1)
        await engine.attendToTriggers()
        // More of them may be on their way.
        _ = await engine.runCycle(.readBack)
        #expect(reads(town) == [])
        #expect(await engine.untilReadBack() == .seconds(1))
        town.time.advance(.seconds(2))
        _ = await engine.runCycle(.readBack)
        #expect(reads(town) == [pair.schoologySection])
        #expect(town.dropBox.rows.count == 1)
        _ = await engine.runCycle(.readBack)
        #expect(reads(town).count == 1)
    }

    @Test func aFloodOfTriggersDoesNotKeepItsSectionFromBeingRead() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        let note = TriggerNotice(
            schoologySection: Int64(pair.schoologySection)!, enrollment: Int64(pair.enrollment)!,
            day: Day("2026-03-12"), editedAt: nil)
        let engine = try town.open()
        for _ in 0..<50 {
            _ = try town.writing { try $0.note([note], now: town.time.now) }
            _ = await engine.runCycle(.readBack)
            town.time.advance(.milliseconds(100))
        }
        // Five seconds of it: a read a second.
        #expect((3...5).contains(reads(town).count))
    }

    @Test func triggersOfWhatIsNotKnownAreNotKept() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        let notes = (0..<500).map {
            TriggerNotice(schoologySection: 9_000_000 + $0, enrollment: 1, day: Day("2026-03-12"), editedAt: nil)
        }
        #expect(try town.writing { try $0.note(notes, now: town.time.now) } == 0)
        let forged = (0..<500).map {
            TriggerNotice(
                schoologySection: Int64(pair.schoologySection)!, enrollment: 9_000_000 + $0, day: Day("2026-03-12"),
                editedAt: nil)
        }
        #expect(try town.writing { try $0.note(forged, now: town.time.now) } == 1)
        town.time.advance(.seconds(2))
        town.sandbox.clearRequests()
        try await town.cycle(.readBack)
        #expect(reads(town) == [pair.schoologySection])
    }

    @Test func aTriggerDuringALongScanDoesNotWaitForItsEnd() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        town.time.advance(.minutes(1))
        town.sandbox.clearRequests()
        let engines = Engines()
        let wire = try Wire(
            time: town.time,
            beforeSend: { [sandbox = town.sandbox] request in
                guard request.url.contains("/attendance/schools/"), engines.isFirst() else { return }
                #expect(throws: Never.self) {
                    try sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Town.today, status: 3)
                    _ = try town.writing {
                        try $0.note(
                            [
                                TriggerNotice(
                                    schoologySection: Int64(pair.schoologySection)!, enrollment: nil, day: nil,
                                    editedAt: nil)
                            ], now: town.time.now - .seconds(2))
                    }
                }
                engines.attend()
            })
        let engine = try town.open(wire: wire)
        engines.engine = engine
        _ = await engine.runCycle(.scheduled)
        await engines.attended()
        let targets = town.sandbox.requests.map(\.target)
        let read = try #require(targets.firstIndex { $0.contains("/v1/sections/\(pair.schoologySection)/attendance?") })
        let last = try #require(targets.lastIndex { $0.contains("/attendance/schools/") })
        #expect(read < last)
        #expect(try town.totals.rowsToUpload + town.totals.unconfirmed == 1)
    }

    /// Hands a trigger to the engine from outside, as the daemon's listener does.
    private final class Engines: @unchecked Sendable {
        // Set before the cycle begins and read during it.
        var engine: DistrictEngine?
        private var wasFirst = false
        private var task: Task<Void, Never>?

        func isFirst() -> Bool {
            defer { wasFirst = true }
            return !wasFirst
        }

        func attend() { task = Task { [engine] in await engine?.attendToTriggers() } }

        func attended() async { await task?.value }
    }

    @Test func readingBackEndsInTimeForTheNextPoll() async throws {
        // A second a section: not all can be read before Clever is to be polled again.
        let town = try await Town.bothWays(
            sandbox: {
                $0.schoologyCredits = 1
                $0.schoologyReadCost = 1
                $0.schoologyWriteCost = 1
                $0.schoologyWindowMilliseconds = 1000
            }
        ) {
            $0.clever.pollInterval = .seconds(3)
            $0.schoology.pollInterval = .seconds(1)
            $0.schoology.maxInFlight = 1
        }
        let engine = try town.open()
        town.time.advance(.minutes(1))
        let report = await engine.runCycle(.scheduled)
        let total = Set(town.sandbox.pairs().map(\.schoologySection)).count
        #expect(report.counts.sectionsRead > 0)
        #expect(report.counts.sectionsRead < total)
        // What was left comes first.
        var read = Set(reads(town))
        for _ in 0..<total where read.count < total {
            _ = await engine.runCycle(.scheduled)
            read.formUnion(reads(town))
        }
        #expect(read.count == total)
    }

    @Test func whereNothingGoesBackOnlyDriftIsLookedFor() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.cycle(.once)
        try town.teach(pair, 3)
        let report = try await town.nextCycle()
        #expect(report.totals.drift == 1)
        #expect(town.dropBox.uploads.isEmpty)
        #expect(try town.shown(pair) == 3)
        // In both directions it is a change.
        town.change {
            $0.direction = .both
            $0.clever.sftp = SFTPSettings()
        }
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        try town.approveHeld()
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        #expect(try town.totals.drift == 0)
    }

    /// Half a minute's worth of the rate limit in a cycle, and the rest in the next ones.
    @Test func lookingForDriftLeavesTheRateLimitToWrites() async throws {
        let town = try await Town.start(
            students: 60,
            sandbox: {
                $0.schoologyCredits = 1
                $0.schoologyWriteCost = 1
            })
        try await town.cycle()
        let total = Set(town.sandbox.pairs().map(\.schoologySection)).count
        #expect(total > 6)
        town.time.advance(.minutes(20))
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(reads(town).count == 6)
    }

    @Test func aSectionThatShowedAnEditIsKnownForIt() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        func edited() throws -> Int {
            try town.reading { tx in
                try tx.sectionsToRead(
                    schools: tx.schools(only: []).map(\.id), triggeredBy: town.time.now, now: town.time.now
                ).count { $0.editedAt == town.time.now }
            }
        }
        #expect(try edited() == 0)
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(try edited() == 1)
    }

    /// What Clever says already would look like a teacher's doing.
    @Test func aTriggerIsNotFollowedBeforeCleverWasReadOnce() async throws {
        let town = try await Town.start(settings: {
            $0.direction = .both
            $0.clever.sftp = SFTPSettings()
            $0.clever.maxInFlight = 1
        })
        let oldest = Town.today.adding(days: -3)
        let pair = try #require(town.secondary.first)
        for day in [oldest, oldest.adding(days: 1)] {
            town.sandbox.add(
                Fault(.status(500), side: .clever, path: "/v3.1/attendance/schools/*?*date_range_start=\(day)*"))
        }
        #expect(try await town.cycle().outcome == .failed)
        town.sandbox.removeAllFaults()
        let note = TriggerNotice(
            schoologySection: Int64(pair.schoologySection)!, enrollment: nil, day: nil, editedAt: nil)
        #expect(try town.writing { try $0.note([note], now: town.time.now) } == 1)
        town.time.advance(.minutes(5))
        town.sandbox.clearRequests()
        let engine = try town.open()
        await engine.attendToTriggers()
        _ = await engine.runCycle(.scheduled)
        let targets = town.sandbox.requests.map(\.target)
        let lastOfClever = try #require(targets.lastIndex { $0.contains("/attendance/schools/") })
        let firstRead = try #require(targets.firstIndex { $0.contains("/attendance?start=\(oldest)") })
        #expect(firstRead > lastOfClever)
    }

    @Test func onceReadsASectionOnceThoughItWritesToIt() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent", code: "E", on: Town.today.adding(days: -1))
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(town.puts.count == 1)
        #expect(Set(reads(town)).count == reads(town).count)
    }

    @Test func aSectionThatSchoologyDoesNotKnowAnyMoreKeepsNoOtherFromBeingRead() async throws {
        let town = try await Town.bothWays()
        let pairs = town.secondary
        let pair = try #require(pairs.first)
        let other = try #require(pairs.first { $0.schoologySection != pair.schoologySection })
        try town.mark(other, "present")
        try await town.nextCycle()
        try town.sandbox.setSectionDeleted(true, section: pair.schoologySection)
        try town.teach(other, 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        try await town.nextCycle()
        #expect(try town.totals.unmatchedSections == 1)
    }

    @Test func aSuspendedSectionIsNotAskedForADay() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.sandbox.setSectionGone(true, section: pair.schoologySection)
        try await town.nextCycle()
        #expect(town.events.all(.sectionSuspended).count == 1)
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(!reads(town).contains(pair.schoologySection))
        town.time.advance(.hours(24))
        try town.sandbox.setSectionGone(false, section: pair.schoologySection)
        try await town.nextCycle()
        #expect(reads(town).contains(pair.schoologySection))
        #expect(town.events.all(.sectionResumed).count == 1)
    }
}
