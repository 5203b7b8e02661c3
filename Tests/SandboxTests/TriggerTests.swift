import Testing

@testable import Sandbox

@Suite struct TriggerTests {
    private func subscribed(
        _ statuses: [Int] = [200], configure: (inout SandboxSettings) -> Void = { _ in }
    ) async throws -> (bench: Bench, listener: TriggerListener, pair: SandboxPair) {
        let listener = try await TriggerListener(statuses)
        let bench = try await Bench {
            $0.triggerURL = listener.url
            configure(&$0)
        }
        return (bench, listener, try #require(bench.sandbox.pairs(limit: 1).first))
    }

    @Test func tellsOfATeachersEditInTheDocumentedShape() async throws {
        let (bench, listener, pair) = try await subscribed()
        try bench.sandbox.setSchoologyMark(
            enrollment: pair.enrollment, date: "2026-01-13", status: 2, comment: "\"ill\"")
        let record = try await bench.sandbox.trigger()
        #expect([record.number, record.event, record.attempt, record.status] == [1, 1, 1, 200])
        #expect(record.retry == nil && !record.isLost)
        let request = try #require(listener.received.first)
        #expect(request.method == "POST")
        #expect(request.target == "/hooks/secret?a=1")
        #expect(request.headers["content-type"] == "application/json")
        let teacher = try #require(JSONValue(parsing: request.body)?["uid"]?.integer)
        #expect(teacher > SchoologyID.firstUser)
        #expect(
            String(decoding: request.body, as: UTF8.self) == """
                {"uid":\(teacher),"timestamp":1768402800,"type":"attendance.update","data":[{"realm":"section",\
                "section_id":\(pair.schoologySection),"object":{"enrollment_id":\(pair.enrollment),\
                "date":"2026-01-13","status":2,"comment":"\\"ill\\""}}]}
                """)
        #expect(record.body == String(decoding: request.body, as: UTF8.self))
    }

    @Test func tellsOfAMarkThatWasTakenBack() async throws {
        let (bench, listener, pair) = try await subscribed()
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 2)
        try bench.sandbox.clearSchoologyMark(enrollment: pair.enrollment, date: Bench.today)
        _ = try await bench.sandbox.trigger { $0.event == 2 }
        let object = try #require(JSONValue(parsing: listener.received[1].body)?["data"]?.list?.first?["object"])
        #expect(object["status"]?.integer == 1)
        #expect(try bench.sandbox.schoologyMark(enrollment: pair.enrollment, date: Bench.today) == nil)
    }

    @Test func keepsSilentAboutWritesThroughTheAPIUnlessTold() async throws {
        let (bench, listener, pair) = try await subscribed()
        _ = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)])
        bench.sandbox.setTriggersForWrites(true)
        _ = await bench.put(
            pair.schoologySection,
            [
                (pair.enrollment, "2026-01-14", 3, nil), ("1", "2026-01-14", 2, nil),
                (pair.enrollment, "2026-01-13", 4, "x"),
            ])
        let record = try await bench.sandbox.trigger()
        #expect(listener.received.count == 1)
        let body = try #require(JSONValue(parsing: Array(record.body.utf8)))
        #expect(body["uid"]?.integer == SchoologyID.administrator)
        let objects = (body["data"]?.list ?? []).map { $0["object"] }
        #expect(objects.map { $0?["status"]?.integer } == [3, 4])
        #expect(objects.map { $0?["date"]?.text } == ["2026-01-14", "2026-01-13"])
    }

    @Test(arguments: [503, 201, 302, 404, 0])
    func sendsAgainAfterTenMinutesUnlessTheAnswerIs200(status: Int) async throws {
        let (bench, listener, pair) = try await subscribed([status, 200])
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 2)
        let first = try await bench.sandbox.trigger()
        #expect(first.status == (status == 0 ? nil : status))
        #expect(first.retry == bench.time.clock.now().adding(seconds: 600))
        bench.time.advance(milliseconds: 599_999)
        await bench.sandbox.sendDueTriggers()
        #expect(bench.sandbox.triggers.count == 1)
        bench.time.advance(milliseconds: 1)
        await bench.sandbox.sendDueTriggers()
        let second = try #require(bench.sandbox.triggers.last)
        #expect([second.event, second.attempt, second.status] == [1, 2, 200])
        #expect(second.retry == nil && bench.sandbox.pendingTriggers == 0)
        #expect(listener.received.map(\.body)[0] == listener.received.map(\.body)[1])
    }

    @Test func losesAnEventAfterFiveRetries() async throws {
        let (bench, listener, pair) = try await subscribed([500])
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 2)
        _ = try await bench.sandbox.trigger()
        for _ in 0..<8 {
            bench.time.advance(milliseconds: 600_000)
            await bench.sandbox.sendDueTriggers()
        }
        #expect(bench.sandbox.triggers.map(\.attempt) == [1, 2, 3, 4, 5, 6])
        #expect(bench.sandbox.triggers.map(\.isLost) == [false, false, false, false, false, true])
        #expect(bench.sandbox.pendingTriggers == 0)
        #expect(listener.received.count == 6)
    }

    @Test func sendsAgainByItself() async throws {
        let (bench, listener, pair) = try await subscribed([500, 200]) {
            $0.clock = .system
            $0.triggerRetryMilliseconds = 5
        }
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 2)
        let second = try await bench.sandbox.trigger(after: 1)
        #expect([second.attempt, second.status] == [2, 200])
        #expect(listener.received.count == 2)
    }

    @Test func outlivesASubscriberThatIsNotThere() async throws {
        let bench = try await Bench { $0.triggerURL = "http://127.0.0.1:1/" }
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 2)
        let record = try await bench.sandbox.trigger()
        #expect(record.status == nil && record.retry != nil)
    }

    @Test func tellsNobodyWithoutASubscription() async throws {
        let (bench, listener, pair) = try await subscribed()
        try bench.sandbox.setTriggerURL(nil)
        try bench.sandbox.setSchoologyMark(enrollment: pair.enrollment, date: Bench.today, status: 2)
        await bench.sandbox.sendDueTriggers()
        #expect(bench.sandbox.triggers.isEmpty && listener.received.isEmpty)
    }

    @Test(arguments: [
        "http://example.com/", "https://127.0.0.1/", "http://127.0.0.1.example.com/", "http://127.0.0.1@example.com/",
        "http://127.0.0.1:80@example.com/", "http://10.0.0.1/", "http://0.0.0.0/", "http://[::1]/", "127.0.0.1:80",
        "http://127.0.0.1:0/", "http://127.0.0.1:70000/", "http://127.0.0.1:/", "http://127.0.0.1:1:2/", "", "http://",
        "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "http://2130706433/", "file:///etc/passwd",
    ])
    func refusesToSendElsewhere(url: String) async throws {
        let bench = try await Bench(students: 4)
        #expect(throws: SandboxError.notLoopback(url)) { try bench.sandbox.setTriggerURL(url) }
        await #expect(throws: SandboxError.notLoopback(url)) { _ = try await Bench { $0.triggerURL = url } }
    }

    @Test(arguments: [
        ("http://127.0.0.1:8787/a/b?c=d#e", 8787, "/a/b?c=d"), ("http://localhost:1", 1, "/"),
        ("http://127.0.0.1?x", 80, "/?x"),
    ])
    func readsAURL(text: String, port: UInt16, target: String) throws {
        let url = try TriggerURL(text)
        #expect(url.port == port && url.target == target)
    }

    @Test func isSetAndReadThroughTheControlEndpoint() async throws {
        let listener = try await TriggerListener([500])
        let bench = try await Bench()
        let pair = try #require(bench.sandbox.pairs(limit: 1).first)
        let body = "{\"url\":\"\(listener.url)\",\"writes\":true,\"retry_seconds\":30}"
        #expect(await bench.control("POST", "schoology/triggers", body: body).status == 200)
        let edit = "{\"enrollment\":\"\(pair.enrollment)\",\"status\":4}"
        #expect(await bench.control("POST", "schoology/mark", body: edit).status == 200)
        _ = try await bench.sandbox.trigger()
        #expect(await bench.control("DELETE", "schoology/mark", body: edit).status == 200)
        _ = await bench.put(pair.schoologySection, [(pair.enrollment, "2026-01-14", 2, nil)])
        _ = try await bench.sandbox.trigger(after: 2)
        let report = await bench.control("GET", "triggers?after=1").json
        #expect(report["pending"]?.integer == 3)
        let triggers = report["triggers"]?.list ?? []
        #expect(triggers.map { $0["event"]?.integer } == [2, 3])
        #expect(listener.received.count == 3)
        #expect(triggers.first?["status"]?.text == "500")
        #expect(triggers.first?["body"]?["data"]?.list?.first?["object"]?["status"]?.integer == 1)
        #expect(triggers.first?["retry"]?.text == "2026-01-14T15:00:30.000Z")
        #expect(await bench.control("POST", "schoology/triggers", body: #"{"url":"http://a/"}"#).status == 400)
        #expect(await bench.control("POST", "schoology/triggers", body: #"{"url":""}"#).status == 200)
        #expect(await bench.control("GET", "triggers").json["url"]?.text == nil)
    }
}
