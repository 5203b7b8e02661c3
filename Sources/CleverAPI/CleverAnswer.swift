import Answers
import AttendanceCore

/// What Clever's answers say. The Data API nests each object (`data[].data`), the Attendance API is flat.
public enum CleverAnswer {
    /// The token's district. A token of one district shares exactly one; the first is taken.
    public static func district(_ body: [UInt8]) throws(MalformedAnswer) -> CleverDistrict {
        let expected = "the district of the token"
        let list = try AnswerJSON.read(RosterList<CleverDistrict>.self, from: body, expected: expected)
        guard let first = list.elements.first else {
            throw MalformedAnswer(what: "expected \(expected), got an empty list")
        }
        guard let district = first else {
            throw MalformedAnswer(
                what: "expected \(expected), got one without an id or with an unreadable last_attendance_sync")
        }
        return district
    }

    public static func schools(_ body: [UInt8]) throws(MalformedAnswer) -> CleverPage<CleverSchool> {
        try AnswerJSON.read(RosterList<CleverSchool>.self, from: body, expected: "a page of schools").page
    }

    public static func sections(_ body: [UInt8]) throws(MalformedAnswer) -> CleverPage<CleverSection> {
        try AnswerJSON.read(RosterList<CleverSection>.self, from: body, expected: "a page of sections").page
    }

    public static func students(_ body: [UInt8]) throws(MalformedAnswer) -> CleverPage<CleverStudent> {
        try AnswerJSON.read(RosterList<CleverStudent>.self, from: body, expected: "a page of students").page
    }

    /// One page of `GET /v3.1/attendance/schools/{school_id}`. A bad record never spoils its page.
    public static func attendance(_ body: [UInt8]) throws(MalformedAnswer) -> AttendancePage {
        try AnswerJSON.read(AttendanceList.self, from: body, expected: "a page of attendance records").page
    }

    /// `message` of an error's body, one line of at most 200 characters; nil for HTML and for an empty body.
    public static func message(_ body: [UInt8]) -> String? {
        AnswerMessage.read(body, plainText: false)
    }
}
