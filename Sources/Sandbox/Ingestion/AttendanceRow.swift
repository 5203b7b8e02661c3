/// A row of `attendance.csv` whose ids and values are known.
struct AttendanceRow: Sendable {
    /// Why a row isn't taken.
    struct Rejection: Error {
        let reason: String
    }

    let place: CleverPlace
    let status: String
    let excuseCode: String?
    /// The record that the row replaces, or the id that a new one gets; nil: the row doesn't say.
    let recordID: String?

    init(
        _ fields: [String], header: AttendanceHeader, roster: SISRoster, today: CalendarDay
    ) throws(Rejection) {
        guard fields.count == header.count else {
            throw Rejection(reason: "\(fields.count) fields instead of \(header.count)")
        }
        let school = try Self.find(.school, in: roster.schools, fields, header)
        let student = try Self.find(.student, in: roster.students, fields, header)
        guard roster.schoolOfStudent[Int(student)] == school else {
            throw Rejection(reason: "the student isn't in that school")
        }
        place = CleverPlace(
            student: student, section: try Self.section(fields, header, roster, school: school),
            day: try Self.day(fields, header, today: today))
        status = header.text(.status, of: fields)
        guard ["present", "absent", "tardy"].contains(status) else {
            throw Rejection(reason: "Attendance_status \"\(status)\" is none of present, absent, tardy")
        }
        let code = header.text(.excuseCode, of: fields)
        excuseCode = code.isEmpty ? nil : code
        let id = header.text(.record, of: fields)
        recordID = id.isEmpty ? nil : id
    }

    private static func find(
        _ column: AttendanceColumn, in ids: [String: Int32], _ fields: [String], _ header: AttendanceHeader
    ) throws(Rejection) -> Int32 {
        let id = header.text(column, of: fields)
        guard let index = ids[id] else { throw Rejection(reason: "unknown \(column.names[0]) \"\(id)\"") }
        return index
    }

    /// A daily row has no section, and a section's row one of its school: another would have no key.
    private static func section(
        _ fields: [String], _ header: AttendanceHeader, _ roster: SISRoster, school: Int32
    ) throws(Rejection) -> Int32 {
        let isEmpty = header.text(.section, of: fields).isEmpty
        switch header.text(.type, of: fields) {
        case "daily":
            guard isEmpty else { throw Rejection(reason: "a daily row with a Section_id") }
            return -1
        case "section":
            guard !isEmpty else { throw Rejection(reason: "a section's row without Section_id") }
            let section = try find(.section, in: roster.sections, fields, header)
            guard roster.schoolOfSection[Int(section)] == school else {
                throw Rejection(reason: "the section isn't in that school")
            }
            return section
        case let type:
            throw Rejection(reason: "Attendance_type \"\(type)\" is neither daily nor section")
        }
    }

    /// "Clever will store attendance records for 6 months past the date": a row beyond that has nowhere to go. As far
    /// ahead it is a typing error.
    private static func day(
        _ fields: [String], _ header: AttendanceHeader, today: CalendarDay
    ) throws(Rejection) -> CalendarDay {
        let text = header.text(.date, of: fields)
        guard let day = CalendarDay(text) else {
            throw Rejection(reason: "Attendance_date \"\(text)\" is no YYYY-MM-DD")
        }
        guard (today.adding(days: -184)...today.adding(days: 184)).contains(day) else {
            throw Rejection(reason: "Attendance_date \(day) is more than six months from today")
        }
        return day
    }
}
