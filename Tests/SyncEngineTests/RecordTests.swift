import AttendanceCore
import Sandbox
import Testing

/// Records that can't be understood are set aside, and block nothing else.
@Suite struct RecordTests {
    @Test func aRecordThatCanNotBeUnderstoodIsSetAsideOnce() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "vanished")
        let report = try await town.cycle()
        #expect(report.outcome == .done)
        #expect(town.rows == town.wanted)
        let event = try #require(town.events.all(.recordQuarantined).first)
        #expect(event["clever_student_id"] == pair.cleverStudent)
        #expect(event["reason"]?.contains("vanished") == true)

        town.time.advance(.minutes(5))
        town.sandbox.finishAttendanceSync()
        try await town.cycle()
        #expect(town.events.all(.recordQuarantined).count == 1)
        #expect(try town.reading { try $0.totals(now: town.time.now) }.quarantined == 1)

        town.time.advance(.minutes(5))
        try town.mark(pair, "tardy")
        try await town.cycle(.once)
        #expect(try town.shown(pair) == 3)
        #expect(try town.reading { try $0.totals(now: town.time.now) }.quarantined == 0)
    }

    @Test func aPresentRecordWhoseCodeMeansSomethingElseIsAMark() async throws {
        let town = try await Town.start(settings: { $0.statusMap.present.codes["FIELD TRIP"] = .excused })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present", code: "FIELD TRIP")
        #expect(try await town.cycle().outcome == .done)
        #expect(try town.shown(pair) == 4)
    }

    @Test func aCodeWithoutAnEntryWaitsForTheStatusMap() async throws {
        let town = try await Town.start(settings: { $0.statusMap.tardy.anyOtherCode = nil })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy", code: "ODD")
        let report = try await town.cycle()
        #expect(try town.shown(pair) == 1)
        #expect(report.totals.unmapped > 0)
        #expect(town.events.all(.recordQuarantined).contains { $0["reason"]?.contains("ODD") == true })

        // What follows from a changed map waits for somebody who has looked at it.
        town.change { $0.statusMap.tardy.codes["ODD"] = .excused }
        #expect(try await town.cycle().outcome == .incomplete)
        #expect(try town.shown(pair) == 1)
        try town.approveHeld()
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(try town.shown(pair) == 4)
        #expect(town.cleverRequests.count == 1)
    }
}
