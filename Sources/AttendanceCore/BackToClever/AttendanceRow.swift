/// One row of `attendance.csv`: what Clever is told of one student on one day, in the district's own SIS ids.
public struct AttendanceRow: Sendable, Hashable {
    /// What a row is about. Of several rows for one key, the latest is the one to send.
    public struct Key: Sendable, Hashable {
        public var studentSISID: String
        public var schoolSISID: String
        public var sectionSISID: String?
        public var day: Day
    }

    public var studentSISID: String
    public var schoolSISID: String
    /// Nil: a daily row.
    public var sectionSISID: String?
    public var day: Day
    public var status: CleverStatus
    public var excuseCode: String?
    /// The `sis_id` of the Clever record that this row replaces; nil for a new one.
    public var recordSISID: String?

    public init(
        studentSISID: String, schoolSISID: String, sectionSISID: String?, day: Day, status: CleverStatus,
        excuseCode: String? = nil, recordSISID: String? = nil
    ) {
        self.studentSISID = studentSISID
        self.schoolSISID = schoolSISID
        self.sectionSISID = sectionSISID
        self.day = day
        self.status = status
        self.excuseCode = excuseCode
        self.recordSISID = recordSISID
    }

    public var key: Key {
        Key(studentSISID: studentSISID, schoolSISID: schoolSISID, sectionSISID: sectionSISID, day: day)
    }
}
