import AttendanceCore
import Sandbox
import SyncState
import Testing

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
