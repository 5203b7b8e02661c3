import AttendanceCore
import Foundation
import SyncEngine
import Testing
import Transport

@testable import Sandbox

/// Identities: what waits for a match arrives when there is one, and nothing is ever guessed.
@Suite struct MatchingTests {
    /// A student whom only Clever knows yet, absent today.
    private func newcomer(in town: Town) throws -> (student: String, place: SandboxPair) {
        let place = try #require(town.secondary.first)
        let student = try town.sandbox.addStudent(sisID: "S900001", sections: [place.cleverSection])
        try town.sandbox.setCleverRecord(
            student: student, section: place.cleverSection, date: Town.today, status: "absent")
        town.sandbox.finishAttendanceSync()
        return (student, place)
    }

    @Test func aStudentWhoIsEnrolledLaterGetsTheWaitingMark() async throws {
        let town = try await Town.start()
        let (student, place) = try newcomer(in: town)
        let report = try await town.cycle()
        #expect(report.outcome == .done)
        #expect(report.totals.waiting >= 1)
        #expect(town.events.all(.matchMissing).contains { $0["clever_id"] == student })

        let enrollment = try #require(
            try town.sandbox.addSchoologyUser(schoolUID: "S900001", sections: [place.schoologySection]).first)
        town.time.advance(.hours(25))
        #expect(try await town.cycle().totals.waiting == 0)
        #expect(try town.sandbox.schoologyMark(enrollment: enrollment, date: Town.today)?.status == 2)
        #expect(town.rows == town.wanted)
    }

    @Test func aStudentWhomARecordNamesFirstArrivesInTheSameCycle() async throws {
        let town = try await Town.start()
        try await town.cycle()
        town.time.advance(.minutes(5))
        let place = try #require(town.secondary.first)
        let enrollment = try #require(
            try town.sandbox.addSchoologyUser(schoolUID: "S900001", sections: [place.schoologySection]).first)
        _ = try newcomer(in: town)
        #expect(try await town.cycle().outcome == .done)
        #expect(try town.sandbox.schoologyMark(enrollment: enrollment, date: Town.today)?.status == 2)
    }

    @Test func overridesFindASectionWithoutACode() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        let section = pair.schoologySection
        try town.mark(pair, "absent")
        let wanted = town.wanted
        try town.sandbox.setSectionSchoolCode("", section: section)
        #expect(try await town.cycle().totals.waiting > 0)
        #expect(try town.shown(pair) == 1)

        town.setOverrides("kind,clever_id,schoology_id\nsection,\(pair.cleverSection),\(section)\n")
        town.sandbox.clearRequests()
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == wanted)
        #expect(town.cleverRequests.count == 1)
    }

    @Test func overridesFindAStudentWithoutAnID() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        let wanted = town.wanted
        let uid = town.sandbox.core.withWorld { world in
            let index = Int(pair.enrollment)! - SchoologyID.firstEnrollment
            return SchoologyID.firstUser + Int(world.district.enrollments[index].user)
        }
        try town.sandbox.setSchoolUID("", enrollment: pair.enrollment)
        try await town.cycle()
        #expect(try town.shown(pair) == 1)
        town.setOverrides("student,\(pair.cleverStudent),\(uid)\n")
        try await town.cycle()
        #expect(town.rows == wanted)
    }

    @Test func overridesThatCanNotBeReadAreSaidAndMatchNothingAnew() async throws {
        let town = try await Town.start()
        try await town.cycle()
        town.setOverrides("section,only-two\n")
        town.time.advance(.minutes(5))
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "tardy")
        try await town.cycle()
        #expect(town.events.all(.configRejected).first?["key"] == "matching.overrides_file")
        #expect(try town.shown(pair) == 3)
    }

    @Test func aMistakeInTheOverridesLeavesThemAsTheyWere() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.sandbox.setSectionSchoolCode("nobody's", section: pair.schoologySection)
        town.setOverrides("section,\(pair.cleverSection),\(pair.schoologySection)\n")
        try await town.cycle()
        #expect(try town.totals.unmatchedSections == 0)
        town.setOverrides("section,only-two\n")
        // Everything is matched anew.
        town.time.advance(.hours(25))
        try await town.cycle()
        #expect(try town.totals.unmatchedSections == 0)
        #expect(town.events.all(.configRejected).count == 1)
    }

    @Test func whoIsBackInTheSectionGetsTheMarkInTheSameCycle() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.sandbox.setEnrollmentStatus(5, enrollment: pair.enrollment)
        try await town.cycle()
        try town.sandbox.setEnrollmentStatus(1, enrollment: pair.enrollment)
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent", code: "E")
        try await town.cycle()
        #expect(try town.shown(pair) == 4)
    }

    @Test func aRecordOfSomebodyWhomTheRosterHasElsewhereHasItReadAgain() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.sandbox.setEnrolled(false, student: pair.cleverStudent, section: pair.cleverSection)
        try await town.cycle()
        try town.sandbox.setEnrolled(true, student: pair.cleverStudent, section: pair.cleverSection)
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent", code: "E")
        town.sandbox.clearRequests()
        try await town.cycle()
        #expect(town.cleverRequests.contains { $0.path == "/v3.1/sections" })
        #expect(try town.shown(pair) == 4)
    }

    @Test func twoSectionsWithOneCodeAreRefusedAndNothingIsGuessed() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        let other = try #require(town.secondary.first { $0.schoologySection != pair.schoologySection })
        let code = town.sandbox.core.withWorld { world in
            world.district.sections[world.district.index(.section, pair.cleverSection)!].sisID
        }
        try town.mark(pair, "absent")
        try town.mark(other, "absent")
        try town.sandbox.setSectionSchoolCode(code, section: other.schoologySection)
        let report = try await town.cycle()
        #expect(report.failures.isEmpty)
        #expect(town.events.all(.matchAmbiguous).map { $0["clever_id"] } == [pair.cleverSection])
        #expect(town.rows == town.wanted)
        let written = Set(town.puts.map(\.path))
        for section in [pair.schoologySection, other.schoologySection] {
            #expect(!written.contains("/v1/sections/\(section)/attendance"))
        }
    }

    @Test func twoAccountsWithOneIDAreRefused() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        let other = try #require(town.secondary.first { $0.cleverStudent != pair.cleverStudent })
        let sisID = town.sandbox.core.withWorld { world in
            world.district.students[world.district.index(.student, pair.cleverStudent)!].sisID
        }
        try town.sandbox.setSchoolUID(sisID, enrollment: other.enrollment)
        try town.mark(pair, "absent")
        try await town.cycle()
        #expect(town.events.all(.matchAmbiguous).contains { $0["clever_id"] == pair.cleverStudent })
        #expect(try town.shown(pair) == 1)
        #expect(try town.shown(other) == 1)
    }

    @Test func anEnrollmentThatIsNotActiveIsNotWritten() async throws {
        let town = try await Town.start()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try town.sandbox.setEnrollmentStatus(5, enrollment: pair.enrollment)
        let report = try await town.cycle()
        #expect(report.totals.waiting > 0)
        #expect(!town.puts.flatMap(\.items).contains { $0.enrollment == pair.enrollment })
        let unmatched = try town.reading { try $0.unmatched() }
        #expect(unmatched.contains { $0.cleverStudent == pair.cleverStudent && $0.reason.contains("archived") })
    }

    @Test func anEnrollmentThatWasReplacedIsFoundAfterA404() async throws {
        let town = try await Town.start()
        try await town.cycle()
        let pair = try #require(town.secondary.first)
        let replacement = town.sandbox.core.withWorld { world in
            let old = Int(pair.enrollment)! - SchoologyID.firstEnrollment
            world.district.enrollments[old].isDeleted = true
            let new = world.district.enroll(
                user: world.district.enrollments[old].user, in: world.district.enrollments[old].section)
            return String(SchoologyID.firstEnrollment + Int(new))
        }
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent", code: "E")
        #expect(try await town.cycle().outcome == .done)
        #expect(try town.sandbox.schoologyMark(enrollment: replacement, date: Town.today)?.status == 4)
        #expect(town.events.all(.outboxDead).isEmpty)
    }

    /// A wire that changes the list of this name in the answers to some requests.
    private func wire(
        _ town: Town, to isMeant: @escaping @Sendable (HTTPRequest) -> Bool, list: String,
        _ change: @escaping @Sendable ([Any]) -> [Any]
    ) throws -> Wire {
        try Wire(
            time: town.time,
            changed: { request, response in
                guard isMeant(request),
                    var object = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any],
                    let items = object[list] as? [Any]
                else { return response }
                object[list] = change(items)
                guard let body = try? JSONSerialization.data(withJSONObject: object) else { return response }
                return HTTPResponse(status: response.status, headers: response.headers, body: Array(body))
            })
    }

    @Test func enrollmentsThatComeInAnotherOrderAreStillThoseOfTheirSection() async throws {
        let town = try await Town.start()
        let wire = try wire(town, to: { $0.method == .post }, list: "response") { $0.reversed() }
        #expect(await (try town.open(wire: wire)).runCycle(.scheduled).outcome == .done)
        #expect(town.rows == town.wanted)
    }

    @Test func aSectionThatWasNotAskedForMatchesNothing() async throws {
        let town = try await Town.start()
        try await town.cycle()
        let pair = try #require(town.secondary.first)
        let other = try #require(town.secondary.first { $0.schoologySection != pair.schoologySection })
        let code = try #require(
            try town.sandbox.sisIDs(student: other.cleverStudent, section: other.cleverSection).section)
        let wire = try wire(town, to: { $0.url.contains("section_school_codes=") }, list: "section") {
            $0 + [["id": "999", "section_school_code": code, "active": 1]]
        }
        // A 404 has the one section looked up again.
        town.sandbox.add(
            Fault(.status(404), method: "PUT", path: "/v1/sections/\(pair.schoologySection)/attendance", count: 1))
        town.time.advance(.minutes(5))
        try town.mark(pair, "absent", code: "E")
        #expect(await (try town.open(wire: wire)).runCycle(.scheduled).outcome == .done)
        #expect(town.rows == town.wanted)
        #expect(try town.totals.unmatchedSections == 0)
        #expect(town.events.all(.matchAmbiguous).isEmpty)
    }
}
