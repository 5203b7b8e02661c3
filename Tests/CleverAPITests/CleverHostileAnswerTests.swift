import AttendanceCore
import CleverAPI
import Testing

struct CleverHostileAnswerTests {
    private static let roster =
        #"{"data":[{"data":{"id":"x","school":"s","last_attendance_sync":"2025-04-08T23:45:50.000Z","students":["é😀\u00e9"],"roles":{"student":{"school":"s","schools":["t"]}}}}],"links":[{"rel":"next","uri":"/n"}]}"#

    /// Every parser; the point is that each comes back, with a value or with the one error.
    private func readAll(_ body: [UInt8]) -> [String] {
        var errors: [String] = []
        func attempt<Value>(_ parser: ([UInt8]) throws(MalformedAnswer) -> Value) {
            do throws(MalformedAnswer) { _ = try parser(body) } catch { errors.append(error.what) }
        }
        attempt(CleverAnswer.district)
        attempt(CleverAnswer.schools)
        attempt(CleverAnswer.sections)
        attempt(CleverAnswer.students)
        attempt(CleverAnswer.attendance)
        _ = CleverAnswer.message(body)
        return errors
    }

    @Test func refusesAnAnswerCutShortAtAnyByte() {
        for whole in [Array(Self.roster.utf8), Array(documentedAttendance.utf8)] {
            for length in 0..<whole.count {
                #expect(readAll(Array(whole[..<length])).count == 5, "cut at \(length)")
            }
        }
    }

    @Test func survivesAnyByteReplaced() {
        let whole = Array(Self.roster.utf8)
        for index in whole.indices {
            for byte: UInt8 in [0x00, 0x22, 0x2C, 0x5C, 0x5B, 0x7D, 0x80, 0xED, 0xFF] {
                var body = whole
                body[index] = byte
                _ = readAll(body)
            }
        }
    }

    @Test(arguments: ["[", #"{"data":["#, #"{"data":"#, #"[{"a":"#])
    func survivesDeepNesting(opening: String) {
        let open = String(repeating: opening, count: 100_000)
        #expect(readAll(Array(open.utf8)).count == 5)
        let closed =
            #"{"data":["# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "]}"
        #expect(readAll(Array(closed.utf8)).count == 5)
    }

    @Test(arguments: ["<html><body>502</body></html>", "\n <!DOCTYPE html>", "\u{FEFF}<html>"])
    func saysThatAnHTMLPageCame(text: String) {
        let errors = readAll(Array(text.utf8))
        #expect(errors.count == 5)
        #expect(errors.allSatisfy { $0.hasSuffix("got an HTML page instead of JSON") })
    }

    @Test(arguments: ["", "  \n", "\u{FEFF}"])
    func saysThatNothingCame(text: String) {
        let errors = readAll(Array(text.utf8))
        #expect(errors.count == 5)
        #expect(errors.allSatisfy { $0.hasSuffix("got an empty body instead of JSON") })
    }

    @Test(arguments: [
        "null", "true", "7", "[]", "{}", #""data""#, #"{"data":null}"#, #"{"data":{}}"#, #"{"data":"x"}"#,
        #"{"message":"Zebra"}"#, "{'data':[]}", #"{"data":[]}{"#, "1e999999999", "-", "NaN", "\u{0}",
    ])
    func refusesJSONOfAnotherShapeWithoutQuotingIt(text: String) {
        let errors = readAll(Array(text.utf8))
        #expect(errors.count == 5)
        #expect(errors.allSatisfy { !$0.contains("Zebra") })
    }

    @Test func survivesInvalidUTF8() throws {
        var body = Array(#"{"data":[{"student_id":""#.utf8)
        body += [0xFF, 0xC3, 0x28]
        body += Array(#""}]}"#.utf8)
        if let page = try? CleverAnswer.attendance(body) {
            #expect(page.records.isEmpty)
            #expect(page.unreadable.count == 1)
        }
        #expect(readAll([0xFF, 0xFE, 0x00]).count == 5)
    }

    @Test func survivesHugeNumbers() throws {
        let digits = String(repeating: "9", count: 100_000)
        let page = try CleverAnswer.schools(
            Array(#"{"data":[{"data":{"id":\#(digits)}},{"data":{"id":"s","sis_id":1e999}}]}"#.utf8))
        #expect(page == CleverPage(items: [CleverSchool(id: "s", sisID: nil)], next: nil, unreadable: 1))
    }
}
