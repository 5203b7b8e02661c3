import Answers
import AttendanceCore

/// `{"date":[{"date","statuses":{"status":[{"status_code","attendances":{"attendance":[…]}}]}}],"totals":…}`
/// (REST API, "Attendance"): grouped by date, then by status.
struct AttendanceTree: ReadableFromJSON {
    var reading: AttendanceReading

    init(_ value: JSONValue) throws(UnexpectedShape) {
        reading = AttendanceReading(marks: [], next: nil)
        guard let fields = try AnswerFields.read(value) else { return }
        guard fields.contains("date") || fields.contains("totals") else {
            throw UnexpectedShape("got an object without date and totals")
        }
        for node in try fields.list("date", of: DateNode.self) ?? [] {
            guard let node else {
                reading.unreadable += 1
                continue
            }
            reading.unreadable += node.unreadable
            for row in node.rows { add(row) }
        }
        reading.next = try AnswerFields.next(fields)
    }

    private mutating func add(_ row: AttendanceRow) {
        if let enrollmentID = row.enrollmentID, let day = row.day, let status = row.status {
            reading.marks.append(
                AttendanceReading.Mark(
                    enrollmentID: enrollmentID, day: day, status: status, comment: row.comment))
            return
        }
        reading.unreadable += 1
        if let enrollmentID = row.enrollmentID {
            reading.unreadableKeys.append(
                AttendanceReading.UnreadableKey(enrollmentID: enrollmentID, day: row.day))
        }
    }
}
