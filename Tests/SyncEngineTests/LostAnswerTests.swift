import AttendanceCore
import Sandbox
import SyncEngine
import Synchronization
import Testing
import Transport

/// Answers that never come, or that say nothing: read back first, so that nothing is lost and nothing is done twice.
@Suite struct LostAnswerTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var action: FaultAction
        var isApplied: Bool

        var testDescription: String { "\(name)\(isApplied ? ", applied" : "")" }

        static let replaced: [Case] = [true, false].flatMap { isApplied in
            [
                Case(name: "reset", action: .reset, isApplied: isApplied),
                Case(name: "500", action: .status(500), isApplied: isApplied),
                Case(name: "502 in HTML", action: .html(status: 502), isApplied: isApplied),
                Case(name: "503 with Retry-After", action: .status(503, retryAfter: 2), isApplied: isApplied),
                Case(name: "200 in HTML", action: .html(status: 200), isApplied: isApplied),
                Case(name: "200 without a body", action: .status(200, body: ""), isApplied: isApplied),
                Case(name: "200 with an empty object", action: .status(200, body: "{}"), isApplied: isApplied),
                Case(name: "207 with null", action: .status(207, body: "{\"attendance\":null}"), isApplied: isApplied),
            ]
        }

        /// The request was served, and its answer spoiled.
        static let spoiled: [Case] = [
            Case(name: "truncated", action: .truncated(), isApplied: true),
            Case(name: "truncated to nothing", action: .truncated(bytes: 0), isApplied: true),
            Case(name: "length too long", action: .contentLength(offset: 7), isApplied: true),
            Case(name: "length too short", action: .contentLength(offset: -7), isApplied: true),
            Case(name: "one item fewer", action: .itemCount(offset: -1), isApplied: true),
            Case(name: "one item more", action: .itemCount(offset: 1), isApplied: true),
        ]
    }

    @Test(arguments: Case.replaced + Case.spoiled)
    func aLostAnswerToAWriteIsReadBackBeforeAnythingElse(lost: Case) async throws {
        let town = try await Town.start()
        let fault = town.sandbox.add(
            Fault(lost.action, side: .schoology, method: "PUT", count: 1, isApplied: lost.isApplied))
        let report = try await town.cycle()
        #expect(town.sandbox.strikes(ofFault: fault) == 1)
        #expect(report.outcome == .done)
        #expect(town.rows == town.wanted)
        #expect(town.sandbox.schoologyMarks(includingPresent: true).allSatisfy { $0.writes == 1 })
        #expect(town.events.all(.pushUnknown).count == 1)
        // After the lost answer, the section is read before it is written again.
        let lostPut = try #require(town.puts.first)
        let next = town.sandbox.requests.first { $0.number > lostPut.number && $0.path == lostPut.path }
        #expect(next?.method == "GET")
    }

    @Test(arguments: Case.replaced.filter { !$0.isApplied } + Case.spoiled.filter { !$0.name.contains("item") })
    func oneBadAnswerToAnyReadDelaysNothingButItself(lost: Case) async throws {
        // How many reads there are is known from an undisturbed run.
        let calm = try await Town.start(days: 2)
        try await calm.cycle()
        let reads = calm.sandbox.requests.count { $0.method != "PUT" }
        for number in stride(from: 0, to: reads, by: 3) {
            let town = try await Town.start(days: 2)
            for method in ["GET", "POST"] {
                // An answer of 200 that is an empty object is a list without entries to a lenient reader, which a
                // test of lost answers is not about.
                if case .status(200, _, _) = lost.action { continue }
                town.sandbox.add(Fault(lost.action, method: method, skip: number, count: 1))
            }
            #expect(try await town.cycle().outcome == .done, "read \(number)")
            #expect(town.rows == town.wanted, "read \(number)")
        }
    }

    @Test(arguments: [FaultAction.singleObjects, .numbersAsStrings, .emptyForNull])
    func theDocumentedQuirksOfShapeChangeNothing(action: FaultAction) async throws {
        let town = try await Town.start()
        town.sandbox.add(Fault(action))
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(town.sandbox.requests.count == 1)
    }

    @Test func noWriteThatArrivedIsWrittenAgainWhenEveryAnswerIsLost() async throws {
        let town = try await Town.start()
        town.sandbox.add(Fault(.reset, side: .schoology, method: "PUT", isApplied: true))
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
        #expect(town.sandbox.schoologyMarks(includingPresent: true).allSatisfy { $0.writes == 1 })
    }

    /// Which way the answer was lost, and what the server made of the request.
    @Test(arguments: [true, false], ["present", "tardy"])
    func aMarkThatCleverChangesWhileItsFateIsUnknownIsNotLeftBehind(isApplied: Bool, then: String) async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.cycle()
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent")
        let path = "/v1/sections/\(pair.schoologySection)/attendance"
        town.sandbox.add(Fault(.reset, method: "PUT", path: path, isApplied: isApplied))
        // The section can't be read back either, once the answer is lost.
        town.sandbox.add(Fault(.status(503), method: "GET", path: path, skip: 1))
        #expect(try await town.cycle().outcome == .failed)
        #expect(try town.shown(pair) == (isApplied ? 2 : 1))
        town.sandbox.removeAllFaults()
        town.time.advance(.minutes(5))
        try town.mark(pair, then)
        #expect(try await town.cycle().outcome == .done)
        #expect(try town.shown(pair) == (then == "present" ? 1 : 3))
        #expect(town.rows == town.wanted)
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(town.sandbox.requests.count == 1)
    }

    @Test func theNextBatchOfASectionWaitsUntilItWasReadBack() async throws {
        let town = try await Town.start(settings: {
            $0.schoology.batchSize = 1
            $0.schoology.maxInFlight = 1
        })
        let pairs = town.secondary.filter { $0.schoologySection == town.secondary[0].schoologySection }
        for pair in pairs.prefix(3) { try town.mark(pair, "tardy") }
        let path = "/v1/sections/\(pairs[0].schoologySection)/attendance"
        town.sandbox.add(Fault(.reset, method: "PUT", path: path, count: 1))
        #expect(try await town.cycle().outcome == .done)
        let requests = town.sandbox.requests.filter { $0.path == path }
        let lost = try #require(requests.firstIndex { $0.method == "PUT" })
        #expect(requests[lost + 1].method == "GET")
    }

    /// Five sections in a row that can't be read, and those that were begun meanwhile.
    @Test func aSideThatIsDownIsNotAskedForEverySection() async throws {
        let town = try await Town.start(
            students: 120, elementaryPercent: 0, days: 1, settings: { $0.safety.holdAboveCount = 1000 })
        for (index, pair) in town.secondary.enumerated() { try town.mark(pair, index % 2 == 0 ? "absent" : "tardy") }
        let path = "/v1/sections/*/attendance*"
        let fault = town.sandbox.add(Fault(.status(503), side: .schoology, method: "GET", path: path))
        #expect(try await town.cycle().outcome == .failed)
        let asked = Set(town.sandbox.requests.filter { $0.path.hasSuffix("/attendance") }.map(\.path))
        #expect(Set(town.secondary.map(\.schoologySection)).count > 9)
        #expect((5...9).contains(asked.count))
        town.sandbox.removeFault(fault)
        #expect(try await town.cycle().outcome == .done)
    }

    @Test func aSideThatDoesNotAnswerIsSaidAndMendsItself() async throws {
        let town = try await Town.start()
        let fault = town.sandbox.add(Fault(.reset, side: .schoology))
        let report = try await town.cycle()
        #expect(report.outcome == .failed)
        #expect(town.events.all(.cycleFailed).contains { $0["side"] == "schoology" })
        town.sandbox.removeFault(fault)
        try await town.cycle()
        #expect(town.rows == town.wanted)
    }
}
