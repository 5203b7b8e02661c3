import AttendanceCore
import Sandbox
import SyncEngine
import SyncState
import Testing

/// What each code that Schoology gives one mark leads to (the contract's behaviour 6).
@Suite struct ItemCodeTests {
    /// A town where one mark meets a code, and the rest of its request does not.
    private func town(code: Int, count: Int? = nil, isApplied: Bool = false) async throws -> (Town, SandboxPair) {
        let town = try await Town.start(students: 12, elementaryPercent: 0, days: 1)
        let pair = try #require(town.secondary.first)
        let classmates = town.secondary.filter { $0.schoologySection == pair.schoologySection }
        for mate in classmates.prefix(4) { try town.mark(mate, "tardy") }
        town.sandbox.add(
            Fault(
                .itemCode(code, message: "because", enrollments: [pair.enrollment]), side: .schoology, count: count,
                isApplied: isApplied))
        return (town, pair)
    }

    /// How often a mark was sent.
    private func tries(_ town: Town, _ pair: SandboxPair) -> Int {
        town.puts.flatMap(\.items).count { $0.enrollment == pair.enrollment }
    }

    private func othersArrived(_ town: Town, _ pair: SandboxPair) -> Bool {
        let mine = "\(pair.enrollment) \(Town.today)"
        return town.rows.filter { $0.key != mine } == town.wanted.filter { $0.key != mine }
    }

    @Test(arguments: [200, 201, 202, 204, 299]) func any2xxAcknowledges(code: Int) async throws {
        let (town, pair) = try await town(code: code, isApplied: true)
        let report = try await town.cycle()
        #expect(report.outcome == .done)
        #expect(tries(town, pair) == 1)
        #expect(town.rows == town.wanted)
    }

    @Test(arguments: [408, 409, 425, 429, 500, 502, 503, 504])
    func theseAreTriedThreeTimesAndThenStoredWithATime(code: Int) async throws {
        let (town, pair) = try await town(code: code)
        let report = try await town.cycle()
        #expect(report.outcome == .incomplete)
        #expect(tries(town, pair) == 3)
        #expect(othersArrived(town, pair))
        let item = try #require(try town.reading { try $0.outbox(deadOnly: false) }.first)
        #expect(item.state == .pending)
        #expect(item.code == code)
        #expect(item.nextAttempt > town.time.now)
        #expect(item.nextAttempt <= town.time.now + .hours(8))
        #expect(town.events.all(.pushItemRetried).allSatisfy { $0["clever_student_id"] == pair.cleverStudent })

        // Not before its time, unless an operator runs `once`.
        town.sandbox.removeAllFaults()
        town.sandbox.clearRequests()
        try await town.cycle(.scheduled)
        #expect(tries(town, pair) == 0)
        #expect(try await town.cycle(.once).outcome == .done)
        #expect(town.rows == town.wanted)
    }

    /// `once` takes what isn't due as well, and visits sections with writes of today before those of the window.
    @Test func onceTriesAWriteNoMoreOftenThanACycleMay() async throws {
        let (town, pair) = try await town(code: 503)
        #expect(try await town.cycle(.once).outcome == .incomplete)
        #expect(tries(town, pair) == 3)
    }

    @Test func theWaitGrowsWithTheCyclesThatGaveAWriteUp() async throws {
        let (town, _) = try await town(code: 503)
        var waits: [Span] = []
        for _ in 0..<8 {
            try await town.cycle(.once)
            let item = try #require(try town.reading { try $0.outbox(deadOnly: false) }.first)
            waits.append(item.nextAttempt - town.time.now)
            town.time.advance(.minutes(5))
        }
        #expect(try #require(waits.first) <= .minutes(2))
        #expect(try #require(waits.max()) > .minutes(30))
        #expect(try town.reading { try $0.outbox(deadOnly: false) }.first?.rounds == 8)
    }

    @Test func aStoredWriteGoesByItselfWhenItsTimeHasCome() async throws {
        let (town, _) = try await town(code: 503, count: 3)
        let engine = try town.open()
        _ = await engine.runCycle(.scheduled)
        town.time.advance(.minutes(3))
        #expect(await engine.runCycle(.scheduled).outcome == .done)
        #expect(town.rows == town.wanted)
    }

    @Test(arguments: [503, 409]) func aPassingRefusalIsMendedInTheSameCycle(code: Int) async throws {
        let (town, pair) = try await town(code: code, count: 1)
        #expect(try await town.cycle().outcome == .done)
        #expect(tries(town, pair) == 2)
        #expect(town.rows == town.wanted)
    }

    @Test(arguments: [400, 401, 402, 403, 405, 406, 411, 413, 415, 422, 451])
    func other4xxAreDeadLettersWithCodeAndMessage(code: Int) async throws {
        let (town, pair) = try await town(code: code)
        let report = try await town.cycle()
        #expect(report.outcome == .incomplete)
        #expect(report.totals.dead == 1)
        #expect(tries(town, pair) == 1)
        #expect(othersArrived(town, pair))
        let rejected = try #require(town.events.all(.pushItemRejected).first)
        #expect(rejected["code"] == String(code))
        #expect(rejected["message"] == "because")
        #expect(town.events.all(.outboxDead).count == 1)
        #expect(town.events.all(.authFailed).isEmpty)

        // A dead letter is not sent again, until Clever changes the mark.
        try await town.cycle(.once)
        #expect(tries(town, pair) == 1)
        // Nor when its record comes again and means the same.
        town.time.advance(.minutes(5))
        try town.mark(pair, "tardy", code: "BUS")
        try await town.cycle()
        #expect(tries(town, pair) == 1)
        town.sandbox.removeAllFaults()
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent")
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
    }

    @Test func aDeadLetterThatIsRetriedArrives() async throws {
        let (town, _) = try await town(code: 403)
        try await town.cycle()
        town.sandbox.removeAllFaults()
        do {
            let state = try SyncState(directory: town.folder.path, district: "town", access: .shared)
            let item = try #require(try state.reading { try $0.outbox(deadOnly: true) }.first)
            #expect(try state.transaction { try $0.retryOutboxItem(item.id) })
        }
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
    }

    @Test func aDeadLetterWhoseMarkCleverTakesBackIsForgotten() async throws {
        let (town, pair) = try await town(code: 403)
        try await town.cycle()
        town.time.advance(.minutes(5))
        try town.mark(pair, "present")
        let report = try await town.cycle()
        #expect(report.outcome == .done)
        #expect(report.totals.dead == 0)
        #expect(tries(town, pair) == 1)
    }

    @Test func a404RefreshesTheRosterOnceAndIsThenADeadLetter() async throws {
        let (town, pair) = try await town(code: 404)
        let report = try await town.cycle()
        #expect(report.totals.dead == 1)
        #expect(tries(town, pair) == 2)
        #expect(othersArrived(town, pair))
        let asked = town.sandbox.requests.filter { $0.path == "/v1/sections" && $0.method == "GET" }
        // Once for everything at first, once for the 404.
        #expect(asked.count == 2)
    }

    @Test(arguments: [0, 100, 302, 999]) func aCodeThatSaysNothingIsReadBack(code: Int) async throws {
        let (town, pair) = try await town(code: code, count: 1, isApplied: true)
        #expect(try await town.cycle().outcome == .done)
        #expect(tries(town, pair) == 1)
        #expect(town.events.all(.pushUnknown).count == 1)
        #expect(town.rows == town.wanted)
    }

    @Test func a410OfAnItemSuspendsTheSection() async throws {
        let (town, pair) = try await town(code: 410)
        let report = try await town.cycle()
        #expect(report.outcome == .incomplete)
        #expect(report.totals.suspendedSections == 1)
        #expect(report.totals.dead == 0)
        #expect(tries(town, pair) == 1)
    }
}
