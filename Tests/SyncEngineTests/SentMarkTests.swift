import AttendanceCore
import Sandbox
import SyncEngine
import SyncState
import Testing

/// Marks that were sent to Schoology, and of which nobody knew whether they had arrived: the next reading tells, whatever
/// has been decided since. They were known by the write that waited only, and so forgotten with it, or never.
@Suite struct SentMarkTests {
    private let town: Town
    private let pair: SandboxPair

    init() async throws {
        town = try await Town.bothWays(settings: {
            $0.conflicts.policy = .hold
            $0.statusMap.absent.anyOtherCode = nil
        })
        pair = try #require(town.secondary.first)
    }

    /// Tardy is written, and the section can't be read any more; or a code says that the mark failed.
    private func loseAWrite() async throws {
        try town.mark(pair, "tardy")
        town.sandbox.add(Fault(.reset, side: .schoology, method: "PUT", isApplied: true))
        town.sandbox.add(Fault(.status(503), side: .schoology, method: "GET", path: "*/attendance", skip: 1))
        try await town.nextCycle()
        town.sandbox.removeAllFaults()
        #expect(try town.shown(pair) == 3)
        #expect(try sent() == .late)
    }

    /// Of a mark that nothing was stored of, and of one that both sides had agreed on.
    @Test(arguments: ["present", "absent/E"])
    func aReadingThatDoesNotShowItMakesItATeachersFromThenOn(before: String) async throws {
        let words = before.split(separator: "/").map(String.init)
        try town.mark(pair, words[0], code: words.count > 1 ? words[1] : nil)
        try await town.nextCycle()
        try town.mark(pair, "tardy")
        town.sandbox.add(Fault(.itemCode(503)))
        for _ in 0..<8 { try await town.nextCycle() }
        #expect(try sent() == .late)
        // The write has its own time, and the section is read before that.
        town.time.advance(.minutes(15))
        try await town.nextCycle(.scheduled)
        #expect(try town.totals.outbox == 1)
        #expect(try sent() == nil)
        town.sandbox.removeAllFaults()

        try town.mark(pair, "absent")
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(try town.totals.openConflicts == 1)
        #expect(try town.shown(pair) == 3)
    }

    @Test func itIsOursAlsoOnceAnOperatorHasDroppedTheWrite() async throws {
        try await loseAWrite()
        try town.dropWrite()
        try await town.nextCycle()
        #expect(town.dropBox.attempts == 0)
        #expect(try town.trail(pair).filter { $0.side == .schoology }.map(\.now) == [.late])
        #expect(try sent() == nil)
        // The office takes it back, and nobody else had said it.
        try town.mark(pair, "present")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 1)
        #expect(try town.totals.openConflicts == 0)
    }

    /// The section is read with that day, which the lookback covers no more.
    @Test(arguments: [true, false])
    func whatWasDroppedIsLookedAtThoughItsDayIsOld(isEnrolled: Bool) async throws {
        try await loseAWrite()
        try town.dropWrite()
        if !isEnrolled { try town.sandbox.setEnrollmentStatus(5, enrollment: pair.enrollment) }
        town.time.advance(.days(5))
        town.sandbox.clearRequests()
        for _ in 0..<2 { try await town.nextCycle() }
        let asked = town.sandbox.requests.filter { $0.path.hasSuffix("\(pair.schoologySection)/attendance") }
        #expect(asked.map { $0.target.contains("start=\(Town.today)") } == [true, false])
        #expect(try town.trail(pair).contains { $0.side == .schoology && $0.now == .late } == isEnrolled)
        #expect(try sent() == nil)
    }

    /// Its record comes again, and means the same: the section has its time to be read, and that will tell.
    @Test func whatAnOperatorDroppedDoesNotComeBackWithItsRecord() async throws {
        try await loseAWrite()
        try town.dropWrite()
        try town.mark(pair, "tardy", code: "BUS")
        town.sandbox.clearRequests()
        try await town.nextCycle(.scheduled)
        #expect(town.sandbox.requests.count { $0.path.hasSuffix("\(pair.schoologySection)/attendance") } == 0)
        #expect(try sent() == .late)
    }

    @Test func itIsOursAlsoWhereNothingIsWrittenToSchoologyAnyMore() async throws {
        try await loseAWrite()
        town.change { $0.direction = .toClever }
        try town.mark(pair, "present")
        for _ in 0..<2 {
            try await town.nextCycle()
            try town.approveHeld()
        }
        #expect(town.dropBox.attempts == 0)
        #expect(try town.totals.outbox == 0)
    }

    /// Both sides have come to say what they said before the write, as far as the daemon knows, and nothing waits: an
    /// operator dropped the write, or it lost its match, which left nothing else of it.
    @Test(arguments: [true, false])
    func whatTheOfficeTookBackIsLookedAtAlsoOnceTheWriteIsGone(isDropped: Bool) async throws {
        town.change { $0.direction = .toSchoology }
        try await town.nextCycle()
        try town.approveHeld()
        try await loseAWrite()
        try town.writing { tx in
            let item = try #require(try tx.outbox(deadOnly: false).first)
            if isDropped {
                try tx.dropOutboxItem(item, reason: "no", now: town.time.now)
            } else {
                try tx.removeOutboxItem(item.id)
            }
        }
        try town.mark(pair, "present")
        // A cycle that reads nothing back.
        town.sandbox.clearRequests()
        try await town.nextCycle(.scheduled)
        #expect(town.puts.count == 1)
        #expect(try town.shown(pair) == 1)
        #expect(try sent() == nil)
    }

    @Test func itIsTheBaseAlsoWhileCleversCodeMeansNothing() async throws {
        try await loseAWrite()
        try town.mark(pair, "absent", code: "X9")
        try await town.nextCycle()
        #expect(try town.reading { try $0.mark(town.key(of: pair, $0)).base } == .late)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        #expect(try town.totals.openConflicts == 0)
        #expect(try town.shown(pair) == 2)
    }

    /// The trail tells once that it arrived, with who decided it and the cycle that sent it, not with the write that has
    /// taken its place.
    @Test func theTrailHasItAsItWasSent() async throws {
        try await loseAWrite()
        let first = try #require(try town.reading { try $0.lastCycle() }).id
        try town.mark(pair, "absent")
        try await town.nextCycle()
        let second = try #require(try town.reading { try $0.lastCycle() }).id
        #expect(try town.trail(pair).map(\.was) == [.present, .late])
        #expect(try town.trail(pair).map(\.now) == [.late, .absent])
        #expect(try town.trail(pair).map(\.cycle) == [first, second])
        #expect(try town.shown(pair) == 2)
    }

    @Test func aMarkOfAnEnrollmentThatWasMadeAnewIsNotOurs() async throws {
        try await loseAWrite()
        try town.writing { tx in
            let item = try #require(try tx.outbox(deadOnly: false).first)
            try tx.markSent(item, status: .late, enrollment: 1, cycle: item.cycle)
        }
        try await town.nextCycle()
        #expect(try town.trail(pair).filter { $0.side == .schoology }.isEmpty)
        #expect(try sent() == nil)
    }

    // MARK: What surely did not arrive

    /// A 429 kept the write waiting, and the service was stopped.
    @Test func aWriteThatAStopKeptFromBeingSentIsNotOurs() async throws {
        try town.mark(pair, "tardy")
        let fault = town.sandbox.add(Fault(.status(429, retryAfter: 2), side: .schoology, method: "PUT"))
        do {
            let engine = try town.open()
            async let cycle = engine.runCycle(.scheduled)
            while town.sandbox.strikes(ofFault: fault) == 0 { try await Task.sleep(for: .milliseconds(1)) }
            await engine.stop()
            _ = await cycle
        }
        town.sandbox.removeAllFaults()
        #expect(try sent() == nil)
        #expect(try town.totals.unknown == 0)
    }

    @Test func aRejectedWriteIsNotOurs() async throws {
        try town.mark(pair, "tardy")
        town.sandbox.add(Fault(.itemCode(403)))
        // Nothing is read after it, which would tell as well.
        town.sandbox.add(Fault(.status(503), side: .schoology, method: "GET", path: "*/attendance", skip: 1))
        try await town.nextCycle()
        #expect(try town.totals.dead == 1)
        #expect(try sent() == nil)
    }

    /// One item's 410 suspends the section, so that nothing of it is read for a day; what became of the others is known.
    @Test func whatBecameOfTheOthersIsKnownWhereOneItemSuspendsTheSection() async throws {
        let classmates = town.secondary.filter { $0.schoologySection == pair.schoologySection }
        #expect(classmates.count >= 4)
        for (mate, code) in zip(classmates, [410, 429, 503, 404]) {
            try town.mark(mate, "tardy")
            town.sandbox.add(Fault(.itemCode(code, enrollments: [mate.enrollment])))
        }
        try await town.nextCycle()
        #expect(try town.totals.suspendedSections == 1)
        let marks = try town.reading { tx in
            try classmates.prefix(4).map { try tx.sentMark(try town.key(of: $0, tx))?.status }
        }
        #expect(marks == [nil, nil, .late, nil])
        let items = try town.reading { try $0.outbox(deadOnly: false) }
        #expect(items.count == 4 && items.allSatisfy { $0.state == .pending })
        #expect(items.compactMap(\.code).sorted() == [429, 503])
    }

    // MARK: The cause of a write that waits

    /// A policy decided against the teacher's edit, which was taken back before the write could go.
    @Test func aWriteThatTheOfficeAloneCallsForIsTheOfficesAgain() async throws {
        town.change { $0.conflicts.policy = .clever }
        try town.mark(pair, "tardy")
        try town.teach(pair, 2)
        town.sandbox.add(Fault(.itemCode(429)))
        try await town.nextCycle()
        #expect(try town.reading { try $0.outbox(deadOnly: false).map(\.cause) } == ["policy:clever"])
        town.sandbox.removeAllFaults()
        try town.teach(pair, 1)
        try await town.nextCycle()
        #expect(try town.trail(pair).map(\.cause) == ["clever"])
    }

    @Test func aWriteThatThePolicyDecidesSaysSo() async throws {
        town.change { $0.conflicts.policy = .clever }
        try town.mark(pair, "tardy")
        try town.teach(pair, 2)
        try await town.nextCycle()
        #expect(try town.trail(pair).map(\.cause) == ["policy:clever"])
    }

    @Test func aWriteForADailyRecordSaysSo() async throws {
        let pupil = try #require(town.homerooms.first)
        try town.mark(pupil, "absent", daily: true)
        town.sandbox.add(Fault(.itemCode(429), count: 1))
        try await town.nextCycle()
        #expect(try town.trail(pupil).map(\.cause) == ["clever daily"])
    }

    /// What an operator decided passes the safety valve. Before it could be written the teacher took the edit back, so that
    /// it is the office's change alone: that is judged like any other.
    @Test func whatOutlivesAnOperatorsDecisionIsJudgedByTheValve() async throws {
        town.change {
            $0.safety.holdAboveCount = 0
            $0.safety.holdAbovePercent = 0
        }
        try town.mark(pair, "absent", code: "E")
        try town.teach(pair, 2)
        try await town.nextCycle()
        try town.decide(.excused)
        town.sandbox.add(Fault(.itemCode(429)))
        try await town.nextCycle()
        #expect(try town.totals.held == 0)
        town.sandbox.removeAllFaults()
        try town.teach(pair, 1)
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try town.totals.held == 1)
        #expect(try town.shown(pair) == 1)
        try town.approveHeld()
        try await town.nextCycle()
        #expect(try town.shown(pair) == 4)
        #expect(try town.trail(pair).filter { $0.side == .schoology }.map(\.cause) == ["clever"])
    }

    // MARK: -

    private func sent() throws -> Status? { try town.reading { try $0.sentMark(town.key(of: pair, $0))?.status } }
}
