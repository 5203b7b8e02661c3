import Answers
import AttendanceCore

/// `{"response":[{"location","response_code","headers","body"}]}` (REST API, "Multi-get requests").
struct MultigetList: ReadableFromJSON {
    var answer: MultigetAnswer

    init(_ value: JSONValue) throws(UnexpectedShape) {
        let fields = try Fields(value)
        guard let parts = try fields.list("response", of: Element.self) else {
            throw UnexpectedShape("got an object without response")
        }
        answer = MultigetAnswer(
            parts: parts.map { element in
                element?.part
                    ?? MultigetAnswer.Part(
                        location: "", sectionID: nil, code: 0, page: nil, message: "a part that is no object")
            })
    }

    private struct Element: ReadableFromJSON {
        var part: MultigetAnswer.Part

        init(_ value: JSONValue) throws(UnexpectedShape) {
            let fields = try Fields(value)
            let location = fields.text("location") ?? ""
            let code = fields.integer("response_code") ?? 0
            part = MultigetAnswer.Part(
                location: location, sectionID: SectionLocation.sectionID(in: location), code: code, page: nil)
            let text = fields["body"]?.string
            if (200..<300).contains(code) {
                do throws(MalformedAnswer) {
                    part.page = try Element.page(fields, text)
                } catch {
                    part.message = error.what
                }
            } else if let text {
                part.message = AnswerMessage.read(Array(text.utf8), plainText: true)
            } else {
                part.message = fields.object("body")?.text("message")?.line(limit: 200)
            }
        }

        /// The body is an object, or a text that holds one.
        private static func page(
            _ fields: Fields, _ text: String?
        ) throws(MalformedAnswer) -> SchoologyPage<SchoologyEnrollment> {
            if let text { return try SchoologyAnswer.enrollments(Array(text.utf8)) }
            guard let body = fields["body"], let list = try? ItemList<SchoologyEnrollment>(body) else {
                throw MalformedAnswer(what: "expected a page of enrollments in the part's body, got something else")
            }
            return list.page
        }
    }
}
