import Answers
import AttendanceCore

/// What Schoology's answers say. Numbers come as texts and texts as numbers, `""` and `[]` for nothing, and one
/// object where a list of one is meant.
public enum SchoologyAnswer {
    public static func sections(_ body: [UInt8]) throws(MalformedAnswer) -> SchoologyPage<SchoologySection> {
        try AnswerJSON.read(ItemList<SchoologySection>.self, from: body, expected: "a page of sections").page
    }

    public static func users(_ body: [UInt8]) throws(MalformedAnswer) -> SchoologyPage<SchoologyUser> {
        try AnswerJSON.read(ItemList<SchoologyUser>.self, from: body, expected: "a page of users").page
    }

    /// The ids of courses.
    public static func courses(_ body: [UInt8]) throws(MalformedAnswer) -> SchoologyPage<String> {
        let page = try AnswerJSON.read(ItemList<Course>.self, from: body, expected: "a page of courses").page
        return SchoologyPage(items: page.items.map(\.id), next: page.next, unreadable: page.unreadable)
    }

    public static func enrollments(_ body: [UInt8]) throws(MalformedAnswer) -> SchoologyPage<SchoologyEnrollment> {
        try AnswerJSON.read(ItemList<SchoologyEnrollment>.self, from: body, expected: "a page of enrollments").page
    }

    /// The parts of a multiget of enrollments.
    public static func multiget(_ body: [UInt8]) throws(MalformedAnswer) -> MultigetAnswer {
        try AnswerJSON.read(MultigetList.self, from: body, expected: "the parts of a multiget").answer
    }

    /// The marks of a section. What can't be read is counted, never taken for present.
    public static func attendance(_ body: [UInt8]) throws(MalformedAnswer) -> AttendanceReading {
        try AnswerJSON.read(AttendanceTree.self, from: body, expected: "a section's attendance").reading
    }

    /// One result an item, in the order of the request.
    public static func putResults(_ body: [UInt8]) throws(MalformedAnswer) -> [ItemResult] {
        try AnswerJSON.read(ResultList.self, from: body, expected: "the results of the items").results
    }

    /// The error's text, one line of at most 200 characters; nil for HTML and for an empty body.
    public static func message(_ body: [UInt8]) -> String? {
        AnswerMessage.read(body, plainText: true)
    }
}
