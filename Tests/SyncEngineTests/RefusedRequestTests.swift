import AttendanceCore
import Sandbox
import SyncState
import Testing
import Transport

/// Answers to a whole PUT that are no 2xx and no 5xx.
@Suite struct RefusedRequestTests {
    @Test func aRequestThatIsAlwaysRefusedEndsAsDeadLettersInOneCycle() async throws {
        let town = try await Town.start()
        town.sandbox.add(Fault(.status(400), side: .schoology, method: "PUT"))
        let report = try await town.cycle()
        #expect(report.outcome == .incomplete)
        #expect(report.counts.rejected == town.wanted.count)
        #expect(report.totals.dead == town.wanted.count)
        #expect(report.totals.outbox == report.totals.dead)
        #expect(report.counts.acknowledged == 0)
    }

    /// The request is halved until that mark stands alone, however often that takes.
    @Test func oneMarkThatSpoilsItsRequestKeepsNoOtherFromArriving() async throws {
        let town = try await Town.start(students: 60, elementaryPercent: 0, days: 4)
        let section = town.secondary[0].schoologySection
        let pairs = town.secondary.filter { $0.schoologySection == section }
        for offset in 0..<4 {
            for pair in pairs { try town.mark(pair, "tardy", on: Town.today.adding(days: -offset)) }
        }
        let path = "/v1/sections/\(section)/attendance"
        let spoiler = try #require(pairs.first)
        let wire = try Wire(
            time: town.time,
            instead: { request in
                guard request.method == .put, request.url.hasSuffix(path),
                    let body = request.body.map({ String(decoding: $0, as: UTF8.self) }),
                    body.contains(spoiler.enrollment), body.contains(Town.today.adding(days: -3).description)
                else { return nil }
                return HTTPResponse(status: 400, body: Array("no".utf8))
            })
        let report = await (try town.open(wire: wire)).runCycle(.once)
        #expect(report.totals.dead >= 1)
        #expect(report.totals.outbox == report.totals.dead)
        let missing = town.differences(from: town.wanted)
        #expect(missing.count == report.totals.dead)
        #expect(missing.allSatisfy { $0.hasPrefix(spoiler.enrollment) })
    }

    @Test func aRedirectIsNoDeadLetterAndHealsByItself() async throws {
        let town = try await Town.start()
        let fault = town.sandbox.add(Fault(.status(302), side: .schoology, method: "PUT"))
        let report = try await town.cycle()
        #expect(report.outcome == .incomplete)
        #expect(report.totals.dead == 0)
        town.sandbox.removeFault(fault)
        #expect(try await town.cycle(.once).outcome == .done)
        #expect(town.rows == town.wanted)
    }
}
