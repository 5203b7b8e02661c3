import AttendanceCore
import SchoologyAPI
import Testing

struct SchoologyHostileAnswerTests {
    private static let many =
        #"{"section":[{"id":"1"}],"user":[{"uid":1}],"course":{"id":"é😀\u00e9"},"enrollment":[{"id":1,"uid":"2"}],"response":[{"location":"/v1/sections/1/enrollments","response_code":"200","body":"{\"enrollment\":[{\"id\":1,\"uid\":2}]}"}],"attendance":[{"response_code":200}],"date":"","links":{"next":"/v1/n"}}"#

    /// Every parser; the point is that each comes back, with a value or with the one error.
    private func readAll(_ body: [UInt8]) -> [String] {
        var errors: [String] = []
        func attempt<Value>(_ parser: ([UInt8]) throws(MalformedAnswer) -> Value) {
            do throws(MalformedAnswer) { _ = try parser(body) } catch { errors.append(error.what) }
        }
        attempt(SchoologyAnswer.sections)
        attempt(SchoologyAnswer.users)
        attempt(SchoologyAnswer.courses)
        attempt(SchoologyAnswer.enrollments)
        attempt(SchoologyAnswer.multiget)
        attempt(SchoologyAnswer.attendance)
        attempt(SchoologyAnswer.putResults)
        _ = SchoologyAnswer.message(body)
        return errors
    }

    @Test func refusesAnAnswerCutShortAtAnyByte() {
        #expect(readAll(Array(Self.many.utf8)).isEmpty)
        for text in [Self.many, documentedAttendance, documentedPutAnswer] {
            let whole = Array(text.utf8)
            for length in 0..<whole.count {
                #expect(readAll(Array(whole[..<length])).count == 7, "cut at \(length)")
            }
        }
    }

    @Test func survivesAnyByteReplaced() {
        for text in [Self.many, documentedAttendance] {
            let whole = Array(text.utf8)
            for index in whole.indices {
                for byte: UInt8 in [0x00, 0x22, 0x5C, 0x5B, 0x7D, 0x80, 0xED] {
                    var body = whole
                    body[index] = byte
                    _ = readAll(body)
                }
            }
        }
    }

    @Test(arguments: ["[", #"{"date":["#, #"{"date":"#, #"{"statuses":{"status":"#])
    func survivesDeepNesting(opening: String) {
        #expect(readAll(Array(String(repeating: opening, count: 100_000).utf8)).count == 7)
        let nest = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(readAll(Array(#"{"date":\#(nest),"enrollment":\#(nest)}"#.utf8)).count == 7)
        let part = #"{"response":[{"location":"/v1/sections/1/enrollments","response_code":200,"body":"\#(nest)"}]}"#
        #expect((try? SchoologyAnswer.multiget(Array(part.utf8)))?.parts.first?.page == nil)
    }

    @Test(arguments: [
        ("<html><body>502</body></html>", "got an HTML page instead of JSON"),
        ("\r\n\t<!DOCTYPE html>", "got an HTML page instead of JSON"), ("", "got an empty body instead of JSON"),
        (" \n", "got an empty body instead of JSON"),
    ])
    func saysWhatCameInstead(text: String, ending: String) {
        let errors = readAll(Array(text.utf8))
        #expect(errors.count == 7)
        #expect(errors.allSatisfy { $0.hasSuffix(ending) })
    }

    @Test(arguments: [
        "null", "true", "7", "{}", #""Zebra""#, #"{"message":"Zebra"}"#, "{'date':[]}", "Zebra", "1e999999999", "-",
        "\u{0}", #"{"date":[]}Zebra"#,
    ])
    func refusesJSONOfAnotherShapeWithoutQuotingIt(text: String) {
        let errors = readAll(Array(text.utf8))
        #expect(errors.count == 7)
        #expect(errors.allSatisfy { !$0.contains("Zebra") })
    }

    @Test func survivesInvalidUTF8AndHugeNumbers() throws {
        #expect(readAll([0xFF, 0xFE, 0x00]).count == 7)
        let digits = String(repeating: "9", count: 100_000)
        let page = try SchoologyAnswer.enrollments(
            Array(#"{"enrollment":[{"id":\#(digits),"uid":1},{"id":2,"uid":3,"status":\#(digits)}]}"#.utf8))
        #expect(
            page == SchoologyPage(items: [SchoologyEnrollment(id: "2", uid: "3", status: 0)], next: nil, unreadable: 1))
        var body = Array(#"{"enrollment":[{"id":""#.utf8)
        body += [0xC3, 0x28]
        body += Array(#"","uid":1}]}"#.utf8)
        if let page = try? SchoologyAnswer.enrollments(body) { #expect(page.items.isEmpty) }
    }
}
