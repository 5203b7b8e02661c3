import AttendanceCore
import Sandbox
import SyncEngine
import Synchronization
import Testing
import Transport

/// Which sections a daily record applies to, and that a section's own record outranks it.
@Suite struct DailyRecordTests {
    @Test(arguments: [(DailyPolicy.homeroom, 1), (.allSections, 3), (.none, 0)])
    func aDailyRecordAppliesByThePolicy(policy: DailyPolicy, sections: Int) async throws {
        let town = try await Town.start(days: 1, settings: { $0.clever.daily = policy })
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, "absent", daily: true)
        try await town.cycle()
        let enrolled = town.sandbox.pairs().filter { $0.cleverStudent == pair.cleverStudent }
        #expect(enrolled.count == 3)
        #expect(try enrolled.filter { try town.shown($0) == 2 }.count == sections)
        if sections == 1 { #expect(try town.shown(pair) == 2) }
    }

    /// Where Clever's page ends between the two records, and which comes first.
    enum Order: CaseIterable {
        case dailyFirst
        case sectionFirst
        case dailyOnAnEarlierPage
        case sectionOnAnEarlierPage
    }

    @Test(arguments: Order.allCases)
    func theSectionsOwnRecordOutranksTheDailyOneInEveryOrder(order: Order) async throws {
        let town = try await Town.start(days: 1)
        let pair = try #require(town.homerooms.first)
        let school = try #require(town.sandbox.schoolIDs.first)
        let wire = try Wire(time: town.time, instead: { Self.page(for: $0, order, pair, school: school) })
        let engine = try town.open(wire: wire)
        #expect(await engine.runCycle(.scheduled).outcome == .done)
        #expect(town.puts.isEmpty)
        #expect(town.rows.isEmpty)
    }

    /// The process before this one passed over the section's present record, and kept nothing of it.
    @Test func theSectionsOwnRecordOutranksADailyOneThatComesAfterAnInterruption() async throws {
        let town = try await Town.start(days: 1)
        let pair = try #require(town.homerooms.first)
        let school = try #require(town.sandbox.schoolIDs.first)
        let isDown = Mutex(true)
        for outcome in [CycleReport.Outcome.failed, .done] {
            let wire = try Wire(
                time: town.time,
                instead: { request in
                    if request.url.contains("starting_after="), isDown.withLock({ $0 }) {
                        return HTTPResponse(status: 500)
                    }
                    return Self.page(for: request, .sectionOnAnEarlierPage, pair, school: school)
                })
            #expect(await (try town.open(wire: wire)).runCycle(.scheduled).outcome == outcome)
            isDown.withLock { $0 = false }
        }
        #expect(town.puts.isEmpty)
        #expect(town.rows.isEmpty)
    }

    @Test func theSectionsOwnRecordTakesADailyMarkBack() async throws {
        let town = try await Town.start()
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, "absent", daily: true)
        try await town.cycle()
        #expect(try town.shown(pair) == 2)
        town.time.advance(.minutes(5))
        try town.mark(pair, "present")
        try await town.cycle()
        #expect(try town.shown(pair) == 1)
        town.time.advance(.minutes(5))
        // A newer daily record changes nothing about that.
        try town.mark(pair, "tardy", daily: true)
        try await town.cycle()
        #expect(try town.shown(pair) == 1)
    }

    @Test func aPresentSectionRecordThatWasSeenFirstOutranksALaterDailyOne() async throws {
        let town = try await Town.start()
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, "present", daily: true)
        try town.mark(pair, "present")
        try await town.cycle()
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent", daily: true)
        try await town.cycle()
        #expect(try town.shown(pair) == 1)
    }

    @Test func theSectionsOwnAbsenceOutranksADailyPresence() async throws {
        let town = try await Town.start()
        let pair = try #require(town.homerooms.first)
        try town.mark(pair, "present", daily: true)
        try town.mark(pair, "tardy")
        try await town.cycle()
        #expect(try town.shown(pair) == 3)
    }

    /// Clever's attendance for today in one school: an absence for the day, and a presence in the homeroom.
    private static func page(
        for request: HTTPRequest, _ order: Order, _ pair: SandboxPair, school: String
    ) -> HTTPResponse? {
        guard request.url.contains("/attendance/") else { return nil }
        func record(_ status: String, _ section: String?) -> String {
            let place = section.map { "\"section_id\":\"\($0)\"," } ?? ""
            return """
                {"attendance_date":"\(Town.today)","attendance_status":"\(status)",\
                "attendance_type":"\(section == nil ? "daily" : "section")",\(place)"district_id":"d",\
                "created":"2026-03-12T14:00:00.000Z","last_modified":"2026-03-12T14:00:00.000Z",\
                "school_id":"\(school)","sis_id":"r","student_id":"\(pair.cleverStudent)"}
                """
        }
        func answer(_ records: [String], next: Bool = false) -> HTTPResponse {
            let path = "/v3.1/attendance/schools/\(school)?starting_after=second"
            let links = next ? ",\"links\":[{\"rel\":\"next\",\"uri\":\"\(path)\"}]" : ""
            return HTTPResponse(status: 200, body: Array("{\"data\":[\(records.joined(separator: ","))]\(links)}".utf8))
        }
        guard request.url.contains(school) else { return answer([]) }
        let daily = record("absent", nil)
        let section = record("present", pair.cleverSection)
        let isSecond = request.url.contains("starting_after=")
        switch order {
        case .dailyFirst: return answer([daily, section])
        case .sectionFirst: return answer([section, daily])
        case .dailyOnAnEarlierPage: return isSecond ? answer([section]) : answer([daily], next: true)
        case .sectionOnAnEarlierPage: return isSecond ? answer([daily]) : answer([section], next: true)
        }
    }
}
