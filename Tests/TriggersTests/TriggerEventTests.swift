import SeededRandom
import AttendanceCore
import Testing
import Triggers

@Suite struct TriggerEventTests {
    static let one = TriggerNotice(
        schoologySection: 364856, enrollment: 206873, day: Day("2013-01-20"),
        editedAt: Timestamp(seconds: 1_358_260_792))

    static func event(_ data: String, type: String = "\"attendance.update\"", time: String = "1358260792") -> [UInt8] {
        Array("{\"uid\":1,\"timestamp\":\(time),\"type\":\(type),\"data\":\(data)}".utf8)
    }

    static let element =
        "{\"realm\":\"section\",\"section_id\":364856,\"object\":{\"enrollment_id\":206873,\"date\":\"2013-01-20\","
        + "\"status\":2,\"comment\":\"hidden\"}}"

    @Test(
        arguments: [
            (event("[\(element)]"), [one]),
            (event(element), [one]),
            (event("{\"0\":\(element)}"), [one]),
            (event("[\(element),\(element)]"), [one]),
            (
                event("[\(element.replacing("364856", with: "\"364856\"").replacing("206873", with: "\" 206873 \""))]"),
                [one]
            ),
            (event("[\(element)]", time: "\"1358260792\""), [one]),
            (event("[\(element.replacing("2013-01-20", with: "2013-01-20 08:15:00"))]"), [one]),
            (
                event("[\(element),null,5,\"x\",{},{\"section_id\":0},{\"section_id\":-1},{\"section_id\":\"a\"}]"),
                [one]
            ),
            (event("[\(element)]", type: "\"attendance.create\""), [one]),
            ([0xEF, 0xBB, 0xBF] + event("[\(element)]"), [one]),
            (event("[]"), []), (event("null"), []), (event("\"\""), []), (event("{}"), []),
            (event("[{\"id\":1}]", type: "\"course.update\""), []), (event("5", type: "\"grade.update\""), []),
        ] as [([UInt8], [TriggerNotice])])
    func readsWhatSchoologySendsAndItsVariants(body: [UInt8], notices: [TriggerNotice]) throws {
        #expect(try TriggerEvent.notices(in: body) == notices)
    }

    @Test(arguments: ["null", "\"\"", "0", "-1", "1e30", "99999999999999999", "\"soon\"", "{}", "[]", "1.5"])
    func anUnreadableTimeIsNone(time: String) throws {
        let notices = try TriggerEvent.notices(in: Self.event("[\(Self.element)]", time: time))
        #expect(notices.map(\.editedAt) == [nil])
        #expect(notices.map(\.schoologySection) == [364856])
    }

    @Test(arguments: [
        "null", "\"\"", "[]", "{}", "7", "{\"enrollment_id\":null,\"date\":\"\"}", "{\"date\":\"2013-02-30\"}",
        "{\"enrollment_id\":\"x\",\"date\":5}", "{\"enrollment_id\":-4,\"date\":{}}",
    ])
    func theSectionIsEnough(object: String) throws {
        let notices = try TriggerEvent.notices(in: Self.event("{\"section_id\":5,\"object\":\(object)}", time: "null"))
        #expect(notices == [TriggerNotice(schoologySection: 5, enrollment: nil, day: nil, editedAt: nil)])
    }

    @Test func severalMarksOfASectionAreSeveralNotices() throws {
        let object = "[{\"enrollment_id\":1,\"date\":\"2013-01-20\"},{\"enrollment_id\":2}]"
        let notices = try TriggerEvent.notices(in: Self.event("[{\"section_id\":5,\"object\":\(object)}]"))
        #expect(notices.map(\.enrollment) == [1, 2])
    }

    @Test(arguments: [
        "", " ", "null", "5", "[]", "{}", "attendance", "<html>hidden</html>", "{\"type\":\"attendance.update\"}",
        "{\"type\":null,\"data\":[]}", "{\"data\":[\(element)]}",
        String(decoding: event("[{\"section_id\":\"hidden\"}]"), as: UTF8.self),
        String(decoding: event("5"), as: UTF8.self), String(decoding: event("\"hidden\""), as: UTF8.self),
        String(decoding: event("[\(element)]").dropLast(), as: UTF8.self), "payload=%7B%22type%22%3A1%7D", "\u{0}",
        String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 50_000),
    ])
    func whatIsNoEventIsRefusedWithoutQuotingIt(body: String) {
        let error = #expect(throws: MalformedAnswer.self) { try TriggerEvent.notices(in: Array(body.utf8)) }
        #expect(error.map { !"\($0)".contains("hidden") } == true)
    }

    /// Bytes of an event, cut, doubled and replaced, from a seed: an answer or an error, never a crash.
    @Test func anyMutationIsReadOrRefused() {
        var random = SeededGenerator(seed: 3)
        let original = Self.event("[\(Self.element)]")
        for _ in 0..<3000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(contentsOf: bytes[place...].prefix(7), at: place)
                case _: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                }
            }
            for notice in (try? TriggerEvent.notices(in: bytes)) ?? [] { #expect(notice.schoologySection > 0) }
        }
    }
}
