import Testing

@testable import Sandbox

@Suite struct CleverTests {
    @Test func refusesAnotherToken() async throws {
        let bench = try await Bench()
        let answer = await bench.clever("/v3.1/districts", token: "wrong")
        #expect(answer.status == 401)
        #expect(answer.json["message"]?.text != nil)
        #expect(answer.headers["date"] == "Wed, 14 Jan 2026 15:00:00 GMT")
    }

    @Test func nestsTheDataAPIsObjects() async throws {
        let bench = try await Bench()
        let answer = await bench.clever("/v3.1/districts")
        let district = answer.json["data"]?.list?.first?["data"]
        #expect(district?["id"]?.text == bench.sandbox.districtID)
        #expect(district?["last_attendance_sync"]?.text == "2026-01-14T15:00:00.000Z")
        #expect(district?["state"]?.text == "running")
    }

    @Test func servesEveryRecordOnceOverItsPages() async throws {
        let bench = try await Bench()
        for school in bench.sandbox.schoolIDs {
            var places: [[String?]] = []
            var target: String? = "/v3.1/attendance/schools/\(school)?date_range_start=2026-01-13&limit=23"
            var lastTarget = ""
            while let next = target {
                lastTarget = next
                let answer = await bench.clever(next)
                #expect(answer.status == 200)
                places += answer.places
                target = answer.link("next")
            }
            let expected = bench.sandbox.cleverRecords(from: "2026-01-13", to: Bench.today, includingPresent: true)
                .filter { $0.school == school }.map { [$0.student, $0.section, $0.date.description] }
            #expect(places == expected)
            #expect(!places.isEmpty)

            // And back again.
            var backwards = await bench.clever(lastTarget).places
            while let previous = await bench.clever(lastTarget).link("prev") {
                lastTarget = previous
                backwards = await bench.clever(previous).places + backwards
            }
            #expect(backwards == expected)
        }
    }

    @Test func endsWithoutANextLinkWhenTheLastPageIsFull() async throws {
        let bench = try await Bench(students: 10, elementaryPercent: 100)
        let school = bench.sandbox.schoolIDs[0]
        let target = "/v3.1/attendance/schools/\(school)?date_range_start=2026-01-14&limit=10"
        let answer = await bench.clever(target)
        #expect(answer.places.count == 10)
        #expect(answer.link("next") == nil)
        #expect(answer.link("self") == target)
    }

    @Test func takesDailyAttendanceInElementarySchoolsOnly() async throws {
        let bench = try await Bench(elementaryPercent: 50)
        let daily =
            await bench.clever("/v3.1/attendance/schools/\(bench.sandbox.schoolIDs[0])").json["data"]?.list ?? []
        let periods =
            await bench.clever("/v3.1/attendance/schools/\(bench.sandbox.schoolIDs[1])").json["data"]?.list ?? []
        #expect(daily.allSatisfy { $0["attendance_type"]?.text == "daily" && $0["section_id"] == nil })
        #expect(periods.allSatisfy { $0["attendance_type"]?.text == "section" && $0["section_id"] != nil })
        #expect(daily.count == 90 && periods.count == 100)
    }

    @Test(arguments: [("limit=0", 400), ("limit=1001", 400), ("limit=x", 400), ("limit=1000", 200), ("limit=1", 200)])
    func keepsToTheAttendanceAPIsLimits(query: String, status: Int) async throws {
        let bench = try await Bench()
        let answer = await bench.clever("/v3.1/attendance/schools/\(bench.sandbox.schoolIDs[0])?\(query)")
        #expect(answer.status == status)
    }

    @Test(arguments: [("limit=10001", 413), ("limit=10000", 200), ("limit=0", 400), ("starting_after=x", 400)])
    func keepsToTheDataAPIsLimits(query: String, status: Int) async throws {
        let bench = try await Bench()
        #expect(await bench.clever("/v3.1/sections?\(query)").status == status)
    }

    @Test(arguments: [
        "starting_after=bm9uc2Vuc2U%3D", "ending_before=%%%", "date_range_start=yesterday", "attendance_status=late",
    ])
    func refusesWhatItCannotUnderstand(query: String) async throws {
        let bench = try await Bench()
        let answer = await bench.clever("/v3.1/attendance/schools/\(bench.sandbox.schoolIDs[0])?\(query)")
        #expect(answer.status == 400)
        #expect(answer.json["message"]?.text != nil)
    }

    @Test func pagesTheRosterByID() async throws {
        let bench = try await Bench()
        var ids: [String] = []
        var target: String? = "/v3.1/users?role=student&limit=17"
        while let next = target {
            let answer = await bench.clever(next)
            ids += (answer.json["data"]?.list ?? []).compactMap { $0["data"]?["id"]?.text }
            target = answer.link("next")
        }
        #expect(ids == bench.sandbox.studentIDs)
    }

    @Test func filtersByStatus() async throws {
        let bench = try await Bench(students: 300)
        let school = bench.sandbox.schoolIDs[1]
        let answer = await bench.clever("/v3.1/attendance/schools/\(school)?attendance_status=tardy&limit=1000")
        let list = answer.json["data"]?.list ?? []
        #expect(!list.isEmpty)
        #expect(list.allSatisfy { $0["attendance_status"]?.text == "tardy" })
    }

    @Test func servesASectionsRecords() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let section = bench.sandbox.sectionIDs[0]
        let answer = await bench.clever("/v3.1/attendance/sections/\(section)?limit=1000")
        let list = answer.json["data"]?.list ?? []
        #expect(!list.isEmpty)
        #expect(list.allSatisfy { $0["section_id"]?.text == section })
    }

    @Test func pagesASectionsRecordsOfItsDaysWithoutDailyOnes() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        try bench.sandbox.setCleverRecord(
            student: pair.cleverStudent, section: nil, date: "2026-01-13", status: "absent")
        let base = "/v3.1/attendance/sections/\(pair.cleverSection)"
        var places: [[String?]] = []
        var target: String? = "\(base)?date_range_start=2026-01-12&date_range_end=2026-01-13&limit=7"
        while let next = target {
            let answer = await bench.clever(next)
            #expect(answer.places.count <= 7)
            places += answer.places
            target = answer.link("next")
        }
        let expected = bench.sandbox.cleverRecords(from: "2026-01-12", to: "2026-01-13", includingPresent: true)
            .filter { $0.section == pair.cleverSection }.map { [$0.student, $0.section, $0.date.description] }
        #expect(places == expected)
        #expect(places.count > 7)
    }

    @Test func servesASectionsRecordOfAStudentWhoLeftIt() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        try bench.sandbox.setCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: Bench.today, status: "absent")
        try bench.sandbox.setEnrolled(false, student: pair.cleverStudent, section: pair.cleverSection)
        let answer = await bench.clever("/v3.1/attendance/sections/\(pair.cleverSection)?limit=1000")
        #expect(answer.places.contains([pair.cleverStudent, pair.cleverSection, "2026-01-14"]))
    }

    @Test(arguments: [
        "/v3.1/attendance/schools/67f421692eda0e3fa1880e4f", "/v3.1/users/x", "/v3.1/nothing", "/v2/schools",
    ])
    func answersUnknownThingsWith404(target: String) async throws {
        let bench = try await Bench()
        #expect(await bench.clever(target).status == 404)
    }

    @Test func answersAnUnsharedStudentWith404ButStillListsTheID() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        try bench.sandbox.setStudentShared(false, student: pair.cleverStudent)
        #expect(await bench.clever("/v3.1/users/\(pair.cleverStudent)").status == 404)
        let section = await bench.clever("/v3.1/sections/\(pair.cleverSection)")
        #expect(section.text.contains(pair.cleverStudent))
        let school = bench.sandbox.schoolIDs[0]
        #expect(await !bench.clever("/v3.1/attendance/schools/\(school)?limit=1000").text.contains(pair.cleverStudent))
    }

    @Test func countsTheRequestsOfAMinute() async throws {
        let bench = try await Bench { $0.cleverRequestsPerMinute = 2 }
        let first = await bench.clever("/v3.1/districts")
        #expect(first.headers["x-ratelimit-limit"] == "2")
        #expect(first.headers["x-ratelimit-remaining"] == "1")
        #expect(first.headers["x-ratelimit-bucket"] != nil)
        let reset = Instant(day: Bench.today, hour: 15, minute: 1).unixSeconds
        #expect(first.headers["x-ratelimit-reset"] == String(reset))
        _ = await bench.clever("/v3.1/districts")
        let refused = await bench.clever("/v3.1/districts")
        #expect(refused.status == 429)
        #expect(refused.body.isEmpty)
        #expect(refused.headers["x-ratelimit-remaining"] == "0")
        bench.time.advance(milliseconds: 60_000)
        #expect(await bench.clever("/v3.1/districts").status == 200)
        #expect(bench.sandbox.counters.rateLimited == 1)
    }

    @Test func movesLastModifiedWithACorrection() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        let target =
            "/v3.1/attendance/sections/\(pair.cleverSection)?date_range_start=2026-01-13&date_range_end=2026-01-13"
        _ = await bench.clever(target)
        try bench.sandbox.setCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: "2026-01-13", status: "tardy",
            excuseCode: "BUS")
        let records = await bench.clever(target).json["data"]?.list ?? []
        let record = records.first { $0["student_id"]?.text == pair.cleverStudent }
        #expect(record?["attendance_status"]?.text == "tardy")
        #expect(record?["excuse_code"]?.text == "BUS")
        #expect(record?["last_modified"]?.text == "2026-01-14T15:00:00.000Z")
        #expect(record?["created"]?.text?.hasPrefix("2026-01-14T02:15:") == true)
    }

    @Test func movesTheWatermarkByMillisecondsAtLeast() async throws {
        let bench = try await Bench()
        let before = try #require(bench.sandbox.lastAttendanceSync)
        let after = bench.sandbox.finishAttendanceSync()
        #expect(after > before)
        #expect(await bench.clever("/v3.1/districts").text.contains("\"last_attendance_sync\":\"\(after)\""))
    }

    @Test func servesARecordAgainAfterAStudentLeavesTheSection() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        try bench.sandbox.setCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: Bench.today, status: "absent")
        try bench.sandbox.setEnrolled(false, student: pair.cleverStudent, section: pair.cleverSection)
        let school = bench.sandbox.schoolIDs[0]
        let answer = await bench.clever("/v3.1/attendance/schools/\(school)?limit=1000&date_range_start=2026-01-14")
        #expect(answer.places.contains([pair.cleverStudent, pair.cleverSection, "2026-01-14"]))
    }

    @Test func stopsServingAVanishedRecord() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        try bench.sandbox.removeCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: Bench.today)
        let answer = await bench.clever("/v3.1/attendance/schools/\(bench.sandbox.schoolIDs[0])?limit=1000")
        #expect(!answer.places.contains([pair.cleverStudent, pair.cleverSection, "2026-01-14"]))
    }
}
