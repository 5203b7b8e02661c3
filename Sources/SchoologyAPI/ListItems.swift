import Answers
import AttendanceCore

// What each object is read for. Nothing else of it is kept: no name, no address.

extension SchoologySection: ListItem {
    static var list: Field { "section" }

    init?(_ fields: Fields) {
        guard let id = fields.text("id") else { return nil }
        self.init(
            id: id, sectionCode: fields.text("section_code"), schoolCode: fields.text("section_school_code"),
            active: fields.flag("active"), courseID: fields.text("course_id"),
            meetingDays: Self.meetingDays(fields))
    }

    /// Numbers, also as texts; nil where there are none, as a section without a schedule may meet on any day.
    private static func meetingDays(_ fields: Fields) -> WeekdaySet? {
        guard let list: [Weekday?] = try? fields.list("meeting_days") else { return nil }
        let days = WeekdaySet(schoologyDays: list.compactMap { $0?.number })
        return days.bits == 0 ? nil : days
    }

    private struct Weekday: ReadableFromJSON {
        var number: Int

        init(_ value: JSONValue) throws(UnexpectedShape) {
            guard let number = value.integer() ?? value.string.flatMap({ Int($0) }) else { throw UnexpectedShape() }
            self.number = number
        }
    }
}

extension SchoologyUser: ListItem {
    static var list: Field { "user" }

    init?(_ fields: Fields) {
        guard let uid = fields.text("uid") ?? fields.text("id") else { return nil }
        self.init(uid: uid, schoolUID: fields.text("school_uid"))
    }
}

extension SchoologyEnrollment: ListItem {
    static var list: Field { "enrollment" }

    init?(_ fields: Fields) {
        guard let id = fields.text("id"), let uid = fields.text("uid") else { return nil }
        self.init(
            id: id, uid: uid, schoolUID: fields.text("school_uid"), isAdmin: fields.flag("admin") ?? false,
            status: fields.integer("status") ?? 0)
    }
}
