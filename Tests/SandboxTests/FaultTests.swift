import Testing

@testable import Sandbox

@Suite struct FaultTests {
    private static let attendance = "/v1/sections/*/attendance"

    @Test func resetsBeforeOrAfterAWriteTakesEffect() async throws {
        let bench = try await Bench()
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        bench.sandbox.add(Fault(.reset, method: "PUT", count: 1))
        let before = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)])
        #expect(before.wasReset && before.status == nil)
        #expect(bench.sandbox.schoologyMarks().isEmpty)
        bench.sandbox.add(Fault(.reset, method: "PUT", count: 1, isApplied: true))
        let after = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)])
        #expect(after.wasReset && after.status == nil)
        #expect(bench.sandbox.schoologyMarks().count == 1)
        #expect(bench.sandbox.requests.map(\.wasServed) == [false, true])
        #expect(bench.sandbox.requests.allSatisfy { $0.status == nil })
    }

    @Test func hangsAndThenResetsOrAnswers() async throws {
        let bench = try await Bench()
        bench.sandbox.add(Fault(.hang(seconds: 0.01), count: 1))
        #expect(await bench.clever("/v3.1/districts").wasReset)
        bench.sandbox.add(Fault(.hang(seconds: 0.01), count: 1, isApplied: true))
        #expect(await bench.clever("/v3.1/districts").status == 200)
    }

    @Test func cutsABodyShort() async throws {
        let bench = try await Bench()
        let whole = await bench.clever("/v3.1/districts").body.count
        bench.sandbox.add(Fault(.truncated(bytes: 10), count: 1))
        let cut = await bench.clever("/v3.1/districts")
        #expect(cut.headers["content-length"] == String(whole))
        #expect(cut.body.count == 10)
        bench.sandbox.add(Fault(.contentLength(offset: -5), count: 1))
        let wrong = await bench.clever("/v3.1/districts")
        #expect(wrong.headers["content-length"] == String(whole - 5))
        #expect(wrong.body.count == whole)
    }

    @Test func answersWithAnyStatus() async throws {
        let bench = try await Bench()
        bench.sandbox.add(Fault(.status(503, retryAfter: 7), side: .schoology, count: 1))
        let busy = await bench.schoology("/v1/users")
        #expect(busy.status == 503)
        #expect(busy.headers["retry-after"] == "7")
        bench.sandbox.add(Fault(.status(429, retryAfter: 7), side: .clever, count: 1))
        let limited = await bench.clever("/v3.1/districts")
        #expect(limited.status == 429 && limited.body.isEmpty)
        #expect(limited.headers["retry-after"] == nil)
        #expect(limited.headers["x-ratelimit-reset"] == String(bench.time.clock.now().unixSeconds + 7))
        bench.sandbox.add(Fault(.html(status: 200), side: .clever, count: 1))
        let page = await bench.clever("/v3.1/districts")
        #expect(page.status == 200)
        #expect(page.headers["content-type"]?.hasPrefix("text/html") == true)
        #expect(await bench.clever("/v3.1/districts").status == 200)
    }

    @Test func appliesAWriteWhoseAnswerAGatewayLost() async throws {
        let bench = try await Bench()
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        bench.sandbox.add(Fault(.status(504), method: "PUT", isApplied: true))
        #expect(await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)]).status == 504)
        #expect(bench.sandbox.schoologyMarks().count == 1)
    }

    @Test func strikesTheNthRequestsItIsToldTo() async throws {
        let bench = try await Bench()
        let id = bench.sandbox.add(Fault(.status(500), path: "/v3.1/dis*", skip: 1, count: 2))
        var statuses: [Int?] = []
        for _ in 0..<5 { statuses.append(await bench.clever("/v3.1/districts").status) }
        #expect(statuses == [200, 500, 500, 200, 200])
        #expect(bench.sandbox.strikes(ofFault: id) == 2)
        #expect(await bench.clever("/v3.1/schools").status == 200)
    }

    @Test func drawsChancesFromTheSeed() {
        func draws() -> [Bool] {
            var book = FaultBook(seed: 5)
            _ = book.add(Fault(.reset, probability: 0.5))
            let request = WireRequest(method: "GET", target: "/")
            return (0..<64).map { _ in !book.take(request, from: .clever).isEmpty }
        }
        #expect(draws() == draws())
        #expect(Set(draws()) == [true, false])
    }

    @Test func removesFaults() async throws {
        let bench = try await Bench()
        let id = bench.sandbox.add(Fault(.status(500)))
        #expect(await bench.clever("/v3.1/districts").status == 500)
        bench.sandbox.removeFault(id)
        #expect(await bench.clever("/v3.1/districts").status == 200)
    }

    @Test(arguments: [201, 404, 408, 409, 425, 429, 500, 503])
    func givesChosenItemsACode(code: Int) async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pairs = bench.sandbox.pairs(limit: 2)
        bench.sandbox.add(
            Fault(
                .itemCode(code, message: "because", enrollments: [pairs[1].enrollment]), path: Self.attendance,
                count: 1,
                isApplied: code == 201))
        let items = pairs.map { ($0.enrollment, "2026-01-14", 2, String?.none) }
        let first = await bench.put(pairs[0].schoologySection, items)
        #expect(first.status == (code == 201 ? 200 : 207))
        #expect(first.json["attendance"]?.list?.map { $0["response_code"]?.integer } == [200, code])
        #expect(bench.sandbox.schoologyMarks().count == (code == 201 ? 2 : 1))
        let second = await bench.put(pairs[0].schoologySection, items)
        #expect(second.status == 200)
    }

    @Test(arguments: [(-1, 1), (1, 3), (-9, 0)])
    func answersWithTheWrongNumberOfItems(offset: Int, count: Int) async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pairs = bench.sandbox.pairs(limit: 2)
        bench.sandbox.add(Fault(.itemCount(offset: offset), method: "PUT"))
        let items = pairs.map { ($0.enrollment, "2026-01-14", 2, String?.none) }
        let answer = await bench.put(pairs[0].schoologySection, items)
        #expect(answer.json["attendance"]?.list?.count == count)
        #expect(bench.sandbox.schoologyMarks().count == 2)
    }

    @Test func writesLooseJSON() async throws {
        let bench = try await Bench(elementaryPercent: 0)
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 2)
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: "2026-01-13", status: 1)
        bench.sandbox.add(Fault(.singleObjects))
        bench.sandbox.add(Fault(.numbersAsStrings))
        bench.sandbox.add(Fault(.emptyForNull))
        let target = "/v1/sections/\(pair.schoologySection)/attendance"
        let today = await bench.schoology("\(target)?start=2026-01-14&end=2026-01-14")
        #expect(
            today.text == """
                {"date":{"date":"2026-01-14","statuses":{"status":{"status_code":"2","attendances":{"attendance":\
                {"enrollment_id":"\(pair.enrollment)","date":"2026-01-14","status":"2","comment":""}}}}},\
                "totals":{"total":{"status":"2","count":"1"}}}
                """)
        let yesterday = await bench.schoology("\(target)?start=2026-01-13&end=2026-01-13")
        #expect(
            yesterday.text
                == "{\"date\":{\"date\":\"2026-01-13\",\"statuses\":{\"status\":\"\"}},\"totals\":{\"total\":\"\"}}")
        let district = await bench.clever("/v3.1/districts")
        #expect(district.json["data"]?["data"]?["pause_end"] == .string(""))
    }

    @Test func spoilsPaging() async throws {
        let bench = try await Bench()
        let target = "/v3.1/attendance/schools/\(bench.sandbox.schoolIDs[0])?limit=5"
        let next = try #require(await bench.clever(target).link("next"))
        bench.sandbox.add(Fault(.expiredCursors, count: 2))
        #expect(await bench.clever(target).status == 200)
        #expect(await bench.clever(next).status == 400)
        bench.sandbox.add(Fault(.absentLinks, count: 1))
        #expect(await bench.clever(target).json["links"] == nil)
        bench.sandbox.add(Fault(.repeatedPages, count: 1))
        #expect(await bench.clever(target).link("next") == target)
        #expect(await bench.clever(target).link("next") == next)
    }

    @Test func skewsTheClockOfOneAnswer() async throws {
        let bench = try await Bench()
        bench.sandbox.add(Fault(.clockSkew(seconds: -1000), side: .schoology, count: 1))
        let refused = await bench.schoology("/v1/users")
        #expect(refused.status == 401)
        #expect(refused.headers["date"] == "Wed, 14 Jan 2026 14:43:20 GMT")
        #expect(await bench.schoology("/v1/users").status == 200)
    }

    @Test func readsFaultsFromText() throws {
        let parsed = try Fault(
            parsing: "side=schoology,method=PUT,path=/v1/*,action=status,status=503,retry_after=2,count=3,applied=true")
        #expect(
            parsed
                == Fault(
                    .status(503, retryAfter: 2), side: .schoology, method: "PUT", path: "/v1/*", count: 3,
                    isApplied: true))
        let json = #"[{"action":"item_code","code":409,"enrollments":["1","2"]},{"action":"reset","probability":0.5}]"#
        let list = try Fault.list(json: Array(json.utf8))
        #expect(list == [Fault(.itemCode(409, enrollments: ["1", "2"])), Fault(.reset, probability: 0.5)])
    }

    @Test(arguments: [
        "{", "7", #"{"action":"explode"}"#, #"{"action":"status"}"#, #"{"action":"reset","side":"canvas"}"#,
        #"{"action":"reset","colour":1}"#, #"{"action":"hang","seconds":-1}"#,
    ])
    func refusesWhatIsNoFault(json: String) {
        #expect(throws: Fault.Unreadable.self) { try Fault.list(json: Array(json.utf8)) }
    }

    @Test(arguments: [("*", "/a", true), ("/a/*/c", "/a/b/c", true), ("/a/*/c", "/a/b/d", false), ("/a", "/ab", false)])
    func matchesPathsByStars(pattern: String, path: String, matches: Bool) {
        #expect(Fault.glob(pattern, path) == matches)
    }
}
