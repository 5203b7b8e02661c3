import AttendanceCore
import Transport

@testable import SchoologyAPI

extension FuzzTarget {
    /// A section's attendance: no row is lost, none is made up, and what can't be read is counted.
    static let schoologyAttendance = FuzzTarget(name: "schoology-attendance", isJSON: true) { input throws(Finding) in
        try compare(input, SchoologyAnswer.attendance, expected: reading)
        guard let reading = try? SchoologyAnswer.attendance(input) else { return }
        try require(
            reading.unreadableKeys.count <= reading.unreadable, "more keys that can't be read than rows that can't")
        try writeBack(reading.marks)
    }

    private static func reading(_ json: JSON) throws -> AttendanceReading {
        var reading = AttendanceReading(marks: [], next: nil)
        if case .list(let elements) = json, elements.isEmpty { return reading }
        guard json.isObject, json["date"] != nil || json["totals"] != nil else { throw JSON.Refused() }
        for node in try json.elements("date") ?? [] {
            guard let node, node["date"] != nil || node["statuses"] != nil,
                let groups = try inner(node, "statuses", "status")
            else {
                reading.unreadable += 1
                continue
            }
            let day = try day(node)
            for group in groups {
                guard let group, group["attendances"] != nil || group["status_code"] != nil,
                    let rows = try inner(group, "attendances", "attendance")
                else {
                    reading.unreadable += 1
                    continue
                }
                let status = try status(group, "status_code")
                for row in rows { try add(row, day, status, to: &reading) }
            }
        }
        reading.next = try schoologyNext(json)
        return reading
    }

    private static func add(
        _ row: JSON?, _ groupDay: Day?, _ groupStatus: Status?, to reading: inout AttendanceReading
    ) throws(JSON.Unclear) {
        guard let row, row.isObject else {
            reading.unreadable += 1
            return
        }
        let day = row.isVoid("date") ? groupDay : try day(row)
        let status = row.isVoid("status") ? groupStatus : try status(row, "status")
        guard let enrollment = try row.text("enrollment_id") else {
            reading.unreadable += 1
            return
        }
        guard let day, let status else {
            reading.unreadable += 1
            reading.unreadableKeys.append(AttendanceReading.UnreadableKey(enrollmentID: enrollment, day: day))
            return
        }
        var comment = try row.text("comment")
        if case .text(let text)? = row["comment"] { comment = text.isEmpty ? nil : text }
        reading.marks.append(
            AttendanceReading.Mark(enrollmentID: enrollment, day: day, status: status, comment: comment))
    }

    /// Nil: there is something, and it isn't the list that is meant.
    private static func inner(_ json: JSON, _ outer: String, _ inner: String) throws -> [JSON?]? {
        if json.isVoid(outer) { return [] }
        guard let object = json[outer], object.isObject else { return nil }
        do {
            return try object.elements(inner)
        } catch is JSON.Refused {
            return nil
        }
    }

    private static func day(_ json: JSON) throws(JSON.Unclear) -> Day? {
        try json.text("date").flatMap { Day(JSON.trimmed($0)) }
    }

    private static func status(_ json: JSON, _ key: String) throws(JSON.Unclear) -> Status? {
        try json.integer(key).flatMap { Status(rawValue: $0) }
    }

    static func schoologyNext(_ json: JSON) throws -> String? {
        if json.isVoid("links") { return nil }
        guard let links = json["links"], links.isObject else { throw JSON.Refused() }
        if links.isVoid("next") { return nil }
        guard let next = try links.text("next") else { throw JSON.Refused() }
        return next
    }

    /// What was read goes back as it is: the body of a PUT says the same, whatever a comment holds.
    private static func writeBack(_ marks: [AttendanceReading.Mark]) throws(Finding) {
        let items = marks.map {
            AttendanceItem(enrollmentID: $0.enrollmentID, day: $0.day, status: $0.status, comment: $0.comment)
        }
        let request = SchoologyRequests(baseURL: "https://api.example").putAttendance(section: "1", items: items)
        // A zero byte is written as an escape, so nothing here is unclear.
        guard case .value(let json) = JSONReader.read(request.body ?? []),
            case .list(let written)? = json["attendances"]?["attendance"]
        else { throw Finding(what: "the body of the PUT is not JSON") }
        try require(written.count == marks.count, "\(marks.count) marks, \(written.count) in the PUT")
        for (mark, item) in zip(marks, written) {
            guard case .text(let enrollment)? = item["enrollment_id"], case .text(let day)? = item["date"],
                case .text(let status)? = item["status"]
            else { throw Finding(what: "a mark of the PUT lacks a field") }
            var comment: String?
            if case .text(let text)? = item["comment"] { comment = text }
            try require(
                enrollment.utf8.elementsEqual(mark.enrollmentID.utf8) && Day(day) == mark.day
                    && Int(status) == mark.status.rawValue
                    && (comment ?? "").utf8.elementsEqual((mark.comment ?? "").utf8),
                "\(mark) is sent back as \(item)")
        }
    }
}
