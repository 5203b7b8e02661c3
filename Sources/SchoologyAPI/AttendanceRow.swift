import Answers
import AttendanceCore

/// One element of the tree. Its own date and status win over its groups'; nil: not readable.
struct AttendanceRow: ReadableFromJSON {
    var enrollmentID: String?
    var day: Day?
    var status: Status?
    var comment: String?
    /// Whether the element has none of its own, so that its group's is meant.
    var lacksDay: Bool
    var lacksStatus: Bool

    init(_ value: JSONValue) throws(UnexpectedShape) {
        let fields = try Fields(value)
        enrollmentID = fields.text("enrollment_id")
        day = fields.text("date").flatMap { Day($0.trimmed) }
        lacksDay = day == nil && fields.isVoid("date")
        status = fields.integer("status").flatMap { Status(rawValue: $0) }
        lacksStatus = status == nil && fields.isVoid("status")
        comment = fields["comment"]?.string ?? fields.text("comment")
        if comment?.isEmpty == true { comment = nil }
    }
}
