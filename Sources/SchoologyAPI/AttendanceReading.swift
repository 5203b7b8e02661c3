import AttendanceCore

/// What a section's attendance says. Rows for *present* are usually left out, and may be there.
public struct AttendanceReading: Sendable, Equatable {
    public struct Mark: Sendable, Equatable {
        public var enrollmentID: String
        public var day: Day
        public var status: Status
        /// Nil for none; otherwise to be sent back as it is, and neither stored nor logged.
        public var comment: String?

        public init(enrollmentID: String, day: Day, status: Status, comment: String? = nil) {
            self.enrollmentID = enrollmentID
            self.day = day
            self.status = status
            self.comment = comment
        }
    }

    /// A row that names its enrollment and can't be read: what Schoology says of that key is not known.
    public struct UnreadableKey: Sendable, Hashable {
        public var enrollmentID: String
        /// Nil: its date can't be read either.
        public var day: Day?

        public init(enrollmentID: String, day: Day?) {
            self.enrollmentID = enrollmentID
            self.day = day
        }
    }

    public var marks: [Mark]
    /// `links.next`, for ``SchoologyRequests/following(_:)``; nil: this is the last page.
    public var next: String?
    /// How many rows or groups of rows couldn't be read. More than `unreadableKeys` has: it isn't known of whom
    /// the rest speaks, so what is missing from `marks` can't be taken for present.
    public var unreadable: Int
    public var unreadableKeys: [UnreadableKey]

    public init(marks: [Mark], next: String?, unreadable: Int = 0, unreadableKeys: [UnreadableKey] = []) {
        self.marks = marks
        self.next = next
        self.unreadable = unreadable
        self.unreadableKeys = unreadableKeys
    }
}
