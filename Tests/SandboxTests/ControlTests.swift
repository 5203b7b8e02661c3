import Testing

@testable import Sandbox

@Suite struct ControlTests {
    @Test func correctsARecordAndFinishesTheSync() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        let before = try #require(bench.sandbox.lastAttendanceSync)
        let body = """
            {"student":"\(pair.cleverStudent)","section":"\(pair.cleverSection)","date":"2026-01-13",\
            "status":"absent","excuse_code":"MED","sync":true}
            """
        #expect(await bench.control("POST", "clever/record", body: body).status == 200)
        let record = try bench.sandbox.cleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: "2026-01-13")
        #expect(record?.status == "absent")
        #expect(record?.excuseCode == "MED")
        #expect(try #require(bench.sandbox.lastAttendanceSync) > before)
    }

    @Test func editsAMarkAsATeacherWould() async throws {
        let bench = try await Bench()
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        let body = "{\"enrollment\":\"\(pair.enrollment)\",\"status\":3,\"comment\":\"bus\"}"
        #expect(await bench.control("POST", "schoology/mark", body: body).status == 200)
        let mark = try bench.sandbox.schoologyMark(enrollment: pair.enrollment, date: Bench.today)
        #expect(mark?.status == 3)
        #expect(mark?.comment == "bus")
        #expect(mark?.writes == 0)
        #expect(await bench.control("GET", "marks").text.contains(pair.enrollment))
    }

    @Test func movesAWholeSectionAsTheTurnOfATermDoes() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pairs = bench.sandbox.pairs()
        let from = try #require(pairs.first?.cleverSection)
        let target = try #require(
            pairs.first { $0.cleverSection != from && bench.sandbox.isSameSchool($0.cleverSection, from) }?
                .cleverSection)
        let movers = Set(pairs.filter { $0.cleverSection == from }.map(\.cleverStudent))
        let body = "{\"from\":\"\(from)\",\"to\":\"\(target)\"}"
        #expect(await bench.control("POST", "move", body: body).status == 200)
        let after = bench.sandbox.pairs()
        #expect(!after.contains { $0.cleverSection == from })
        #expect(movers.isSubset(of: Set(after.filter { $0.cleverSection == target }.map(\.cleverStudent))))
        #expect(
            await bench.control("POST", "move", body: "{\"student\":\"nobody\",\"to\":\"\(target)\"}").status == 400)
        #expect(await bench.control("POST", "move", body: "{}").status == 400)
    }

    @Test func installsAndRemovesFaults() async throws {
        let bench = try await Bench()
        let added = await bench.control("POST", "faults", body: #"{"action":"status","status":500}"#)
        #expect(added.status == 200)
        #expect(await bench.clever("/v3.1/districts").status == 500)
        #expect(await bench.control("DELETE", "faults").status == 200)
        #expect(await bench.clever("/v3.1/districts").status == 200)
    }

    @Test func samplesMatchedStudents() async throws {
        let bench = try await Bench(students: 300, oddities: .realistic)
        let answer = await bench.control("GET", "sample?status=absent&limit=3")
        let records = answer.json["records"]?.list ?? []
        #expect(records.count == 3)
        for record in records {
            let student = try #require(record["student"]?.text)
            let section = try #require(record["section"]?.text)
            let pair = try bench.sandbox.counterpart(student: student, section: section)
            #expect(pair?.enrollment == record["enrollment"]?.text)
        }
    }

    @Test func countsAndLists() async throws {
        let bench = try await Bench()
        _ = await bench.clever("/v3.1/districts")
        _ = await bench.schoology("/v1/users")
        let counters = await bench.control("GET", "counters").json
        #expect(counters["clever_requests"]?.integer == 1)
        #expect(counters["schoology_reads"]?.integer == 1)
        let requests = await bench.control("GET", "requests?after=1").json["requests"]?.list ?? []
        #expect(requests.map { $0["target"]?.text } == ["/v1/users"])
    }

    @Test(arguments: [
        ("POST", "nonsense", "", 404), ("POST", "clever/record", "{}", 400), ("POST", "clever/record", "{", 400),
        ("POST", "clever/record", #"{"student":"x","status":"absent"}"#, 404),
        ("POST", "schoology/mark", #"{"enrollment":"1"}"#, 400), ("POST", "faults", #"{"action":"x"}"#, 400),
    ])
    func refusesWhatItCannotDo(method: String, name: String, body: String, status: Int) async throws {
        let bench = try await Bench(students: 4)
        #expect(await bench.control(method, name, body: body).status == status)
    }
}
