import Testing

@testable import Sandbox

@Suite struct SchoologyTests {
    private func pair(_ bench: Bench) throws -> SandboxPair {
        try #require(bench.sandbox.pairs(limit: 1).first)
    }

    @Test func findsSectionsByTheirCode() async throws {
        let bench = try await Bench()
        let section = await bench.clever("/v3.1/sections/\(bench.sandbox.sectionIDs[0])").json["data"]
        let code = try #require(section?["sis_id"]?.text)
        let answer = await bench.schoology("/v1/sections?section_school_codes=\(code),nowhere&include_past=1")
        let found = answer.json["section"]?.list ?? []
        #expect(found.count == 1)
        #expect(found.first?["section_school_code"]?.text == code)
        #expect(answer.json["total"] == .string("1"))
    }

    @Test func saysWhenASectionMeetsAndWhetherItIsActive() async throws {
        let bench = try await Bench(students: 300, oddities: .realistic)
        let section = try pair(bench).schoologySection
        let one = await bench.schoology("/v1/sections/\(section)").json
        #expect(one["active"]?.integer == 1)
        #expect(one["meeting_days"]?.list?.map(\.text) == ["1", "2", "3", "4", "5"])
        let past = bench.sandbox.core.withWorld { world in
            world.district.schoologySections.firstIndex { !$0.isCurrent }.map { SchoologyID.firstSection + $0 }
        }
        if let past {
            #expect(await bench.schoology("/v1/sections/\(past)").json["active"]?.integer == 0)
        }
    }

    @Test(arguments: [
        ("", ["2026-01-12", "2026-01-13", "2026-01-14"]), ("?start=2026-01-13", ["2026-01-13", "2026-01-14"]),
        ("?end=2026-01-13", ["2026-01-12", "2026-01-13"]), ("?start=2026-01-13&end=2026-01-13", ["2026-01-13"]),
        ("?start=2026-01-14&end=2026-01-12", []), ("?start=2026-01-15", []),
    ])
    func answersForTheDaysAskedForInclusively(query: String, days: [String]) async throws {
        let bench = try await Bench()
        let pair = try pair(bench)
        for day in ["2026-01-12", "2026-01-13", "2026-01-14"] as [CalendarDay] {
            try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: day, status: 2)
        }
        let answer = await bench.schoology("/v1/sections/\(pair.schoologySection)/attendance\(query)")
        #expect(answer.json["date"]?.list?.map { $0["date"]?.text } == days)
    }

    @Test func servesNoRowThatATeacherTookBack() async throws {
        let bench = try await Bench()
        let pair = try pair(bench)
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 3, comment: "x")
        try bench.sandbox.clearSchoologyMark(enrollment: pair.enrollment, date: Bench.today)
        let answer = await bench.schoology("/v1/sections/\(pair.schoologySection)/attendance")
        #expect(
            answer.text == #"{"date":[{"date":"2026-01-14","statuses":{"status":[]}}],"totals":{"total":[]}}"#)
        #expect(bench.sandbox.schoologyMarks(includingPresent: true).isEmpty)
    }

    @Test func takesFiftyCodesAtATime() async throws {
        let bench = try await Bench()
        let codes = (0..<51).map { "c\($0)" }
        let fifty = codes.dropLast().joined(separator: ",")
        #expect(await bench.schoology("/v1/sections?section_school_codes=\(fifty)").status == 200)
        let more = codes.joined(separator: ",")
        #expect(await bench.schoology("/v1/sections?section_school_codes=\(more)").status == 400)
        #expect(await bench.schoology("/v1/users?school_uids=\(more)").status == 400)
    }

    @Test func pagesEnrollmentsByTwentyUnlessTold() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let section = try pair(bench).schoologySection
        let first = await bench.schoology("/v1/sections/\(section)/enrollments")
        #expect(first.json["enrollment"]?.list?.count == 20)
        #expect(first.json["total"] == .string("29"))
        let next = try #require(first.json["links"]?["next"]?.text)
        #expect(next.hasPrefix(bench.sandbox.schoologyURL))
        let rest = await bench.schoology(String(next.dropFirst(bench.sandbox.schoologyURL.count)))
        #expect(rest.json["enrollment"]?.list?.count == 9)
        #expect(rest.json["links"]?["next"] == nil)
        let whole = await bench.schoology("/v1/sections/\(section)/enrollments?limit=500")
        #expect(whole.json["enrollment"]?.list?.count == 29)
        let teachers = whole.json["enrollment"]?.list?.count { $0["admin"]?.integer == 1 }
        #expect(teachers == 1)
    }

    @Test func answersFiftyAllowedPathsOfAMultiget() async throws {
        let bench = try await Bench()
        let section = try pair(bench).schoologySection
        let answer = await bench.schoology(
            "POST", "/v1/multiget",
            body: """
                {"request":["/v1/sections/\(section)/enrollments?limit=2","/v1/sections/\(section)/attendance",\
                "/v1/sections/1/enrollments"]}
                """)
        let responses = answer.json["response"]?.list ?? []
        #expect(responses.map { $0["response_code"]?.integer } == [200, 403, 404])
        #expect(responses.first?["body"]?["enrollment"]?.list?.count == 2)
        #expect(responses.first?["location"]?.text == "/v1/sections/\(section)/enrollments?limit=2")
        let many = (0..<51).map { _ in "\"/v1/sections/\(section)/enrollments\"" }.joined(separator: ",")
        let cut = await bench.schoology("POST", "/v1/multiget", body: "{\"request\":[\(many)]}")
        #expect(cut.json["response"]?.list?.count == 50)
    }

    @Test func groupsAttendanceAndLeavesPresentOut() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pairs = bench.sandbox.pairs(limit: 4)
        let section = pairs[0].schoologySection
        let put = await bench.put(
            section,
            [
                (pairs[0].enrollment, "2026-01-14", 2, nil), (pairs[1].enrollment, "2026-01-14", 3, "bus"),
                (pairs[2].enrollment, "2026-01-14", 1, nil), (pairs[3].enrollment, "2026-01-13", 1, nil),
            ])
        #expect(put.status == 200)
        #expect(put.json["attendance"]?.list?.map { $0["response_code"]?.integer } == [200, 200, 200, 200])
        let answer = await bench.schoology("/v1/sections/\(section)/attendance?start=2026-01-01&end=2026-01-31")
        #expect(
            answer.text == """
                {"date":[{"date":"2026-01-13","statuses":{"status":[]}},\
                {"date":"2026-01-14","statuses":{"status":[\
                {"status_code":2,"attendances":{"attendance":[{"enrollment_id":\(pairs[0].enrollment),\
                "date":"2026-01-14","status":2,"comment":""}]}},\
                {"status_code":3,"attendances":{"attendance":[{"enrollment_id":\(pairs[1].enrollment),\
                "date":"2026-01-14","status":3,"comment":"bus"}]}}]}}],\
                "totals":{"total":[{"status":2,"count":1},{"status":3,"count":1}]}}
                """)
        let one = await bench.schoology("/v1/sections/\(section)/attendance?enrollment_id=\(pairs[1].enrollment)")
        #expect(!one.text.contains(pairs[0].enrollment))
    }

    @Test func leadsToTheNextDatesWhereAnswersAreShort() async throws {
        let bench = try await Bench(elementaryPercent: 0) { $0.schoologyDatesPerPage = 1 }
        let pair = try pair(bench)
        for day in ["2026-01-12", "2026-01-13"] as [CalendarDay] {
            try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: day, status: 2)
        }
        let target = "/v1/sections/\(pair.schoologySection)/attendance?start=2026-01-01&end=2026-01-31"
        let first = await bench.schoology(target)
        #expect(first.json["date"]?.list?.count == 1)
        let next = try #require(first.json["links"]?["next"]?.text)
        let second = await bench.schoology(String(next.dropFirst(bench.sandbox.schoologyURL.count)))
        #expect(second.json["date"]?.list?.first?["date"]?.text == "2026-01-13")
        #expect(second.json["links"] == nil)
    }

    @Test(arguments: ["start=0", "start=20&limit=20", "end=2026-02-30"])
    func refusesAnAttendanceQueryWithoutDates(query: String) async throws {
        let bench = try await Bench()
        let section = try pair(bench).schoologySection
        #expect(await bench.schoology("/v1/sections/\(section)/attendance?\(query)").status == 400)
    }

    @Test func clearsACommentThatIsNotSentBack() async throws {
        let bench = try await Bench()
        let pair = try pair(bench)
        try bench.sandbox.setSchoologyMark(
            enrollment: pair.enrollment, date: Bench.today, status: 3, comment: "overslept")
        _ = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, "overslept")])
        #expect(
            try bench.sandbox.schoologyMark(enrollment: pair.enrollment, date: Bench.today)?.comment == "overslept")
        _ = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)])
        let mark = try bench.sandbox.schoologyMark(enrollment: pair.enrollment, date: Bench.today)
        #expect(mark?.comment == "")
        #expect(mark?.writes == 2)
    }

    @Test func answersEachItemByItsPosition() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pairs = bench.sandbox.pairs(limit: 2)
        try bench.sandbox.setEnrollmentStatus(5, enrollment: pairs[1].enrollment)
        let answer = await bench.put(
            pairs[0].schoologySection,
            [
                ("1", "2026-01-14", 2, nil), (pairs[0].enrollment, "2026-01-14", 2, nil),
                (pairs[0].enrollment, "tomorrow", 2, nil), (pairs[0].enrollment, "2026-01-14", 5, nil),
                (pairs[1].enrollment, "2026-01-14", 2, nil),
            ])
        #expect(answer.status == 207)
        let items = answer.json["attendance"]?.list ?? []
        #expect(items.map { $0["response_code"]?.integer } == [404, 200, 400, 400, 403])
        #expect(items[0]["message"]?.text != nil)
        #expect(items[1]["message"] == nil)
        #expect(bench.sandbox.schoologyMarks().map(\.enrollment) == [pairs[0].enrollment])
    }

    @Test func takesFiftyItemsAtATime() async throws {
        let bench = try await Bench()
        let pair = try pair(bench)
        let items = (0..<51).map { (pair.enrollment, CalendarDay(epochDay: 20_000 + $0).description, 2, String?.none) }
        #expect(await bench.put(pair.schoologySection, items).status == 400)
        #expect(bench.sandbox.schoologyMarks().isEmpty)
        #expect(await bench.put(pair.schoologySection, Array(items.dropLast())).status == 200)
        #expect(bench.sandbox.schoologyMarks().count == 50)
        #expect(bench.sandbox.counters.itemsWritten == 50)
    }

    @Test func saysGoneWhereAnotherAppTakesAttendance() async throws {
        let bench = try await Bench()
        let pair = try pair(bench)
        try bench.sandbox.setSectionGone(true, section: pair.schoologySection)
        #expect(await bench.schoology("/v1/sections/\(pair.schoologySection)/attendance").status == 410)
        #expect(await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)]).status == 410)
        #expect(await bench.schoology("/v1/sections/\(pair.schoologySection)/enrollments").status == 200)
    }

    @Test func givesCreditsBackWithTheWindow() async throws {
        let bench = try await Bench {
            $0.schoologyCredits = 5
            $0.schoologyWindowMilliseconds = 5000
        }
        let pair = try pair(bench)
        #expect(await bench.schoology("/v1/users?limit=1").status == 200)
        bench.time.advance(milliseconds: 2000)
        #expect(await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)]).status == 200)
        #expect(await bench.schoology("/v1/users?limit=1").status == 200)
        let refused = await bench.schoology("/v1/users?limit=1")
        #expect(refused.status == 429)
        #expect(refused.headers["retry-after"] == "3")
        bench.time.advance(milliseconds: 3000)
        #expect(await bench.schoology("/v1/users?limit=1").status == 200)
        let write = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 3, nil)])
        #expect(write.headers["retry-after"] == "2")
        #expect(bench.sandbox.counters.maxCreditsInWindow == 5)
        #expect(try bench.sandbox.schoologyMark(enrollment: pair.enrollment, date: Bench.today)?.status == 2)
    }

    @Test func logsWhatWasPut() async throws {
        let bench = try await Bench()
        let pair = try pair(bench)
        _ = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 4, "note")])
        let record = try #require(bench.sandbox.requests.last)
        #expect(record.method == "PUT")
        #expect(record.status == 200)
        #expect(record.path == "/v1/sections/\(pair.schoologySection)/attendance")
        #expect(record.items.map(\.enrollment) == [pair.enrollment])
        #expect(record.items.first?.comment == "note")
    }

    @Test func growsBySectionsAndPeople() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let section = try bench.sandbox.addSection(sisID: "NEW-1", period: "9", school: bench.sandbox.schoolIDs[0])
        let student = try bench.sandbox.addStudent(sisID: "S-NEW", sections: [section])
        #expect(try bench.sandbox.counterpart(student: student, section: section) == nil)
        let counterpart = bench.sandbox.addSchoologySection(schoolCode: "NEW-1")
        let enrollments = try bench.sandbox.addSchoologyUser(schoolUID: "S-NEW", sections: [counterpart])
        let pair = try bench.sandbox.counterpart(student: student, section: section)
        #expect(pair?.enrollment == enrollments.first)
        #expect(await bench.clever("/v3.1/attendance/sections/\(section)").places.first?.first == student)
    }

    @Test func tellsWhenARequestArrives() async throws {
        let bench = try await Bench()
        let sandbox = bench.sandbox
        async let waited = sandbox.request { $0.path == "/v3.1/terms" }
        _ = await bench.clever("/v3.1/districts")
        _ = await bench.clever("/v3.1/terms")
        #expect(try await waited.number == 2)
        let waiting = Task { try await sandbox.request(after: 2) { _ in true } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test func refusesEveryRequestOnceTheKeyIsRevoked() async throws {
        let bench = try await Bench()
        bench.sandbox.setSchoologyKeyRevoked(true)
        #expect(await bench.schoology("/v1/users").status == 401)
        bench.sandbox.setSchoologyKeyRevoked(false)
        #expect(await bench.schoology("/v1/users").status == 200)
    }
}
