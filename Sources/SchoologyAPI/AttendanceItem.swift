import AttendanceCore

/// One mark of a PUT (`sections/{id}/attendance`).
public struct AttendanceItem: Sendable, Equatable {
    public var enrollmentID: String
    public var day: Day
    public var status: Status
    /// Sent back as it was read; nil and "" leave the field out.
    public var comment: String?

    public init(enrollmentID: String, day: Day, status: Status, comment: String? = nil) {
        self.enrollmentID = enrollmentID
        self.day = day
        self.status = status
        self.comment = comment
    }

    var json: String {
        var fields = [
            ("enrollment_id", enrollmentID), ("date", day.description), ("status", String(status.rawValue)),
        ]
        if let comment, !comment.isEmpty { fields.append(("comment", comment)) }
        return "{" + fields.map { "\"\($0.0)\":\(JSONText.quoted($0.1))" }.joined(separator: ",") + "}"
    }
}
