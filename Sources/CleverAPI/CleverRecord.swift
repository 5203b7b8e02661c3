import AttendanceCore

/// One attendance record that was understood (Attendance Data API Overview, "Attendance API Schema").
public struct CleverRecord: Sendable, Equatable {
    public var day: Day
    public var status: CleverStatus
    /// `attendance_type`: a daily record speaks for the whole school day.
    public var daily: Bool
    /// The district's own code, without surrounding white space; nil for none.
    public var excuseCode: String?
    public var lastModified: Timestamp
    public var created: Timestamp?
    public var school: CleverID
    /// The section's Clever id; nil for daily records.
    public var section: CleverID?
    public var sisID: String?
    public var student: CleverID

    public init(
        day: Day, status: CleverStatus, daily: Bool, excuseCode: String? = nil, lastModified: Timestamp,
        created: Timestamp? = nil, school: CleverID, section: CleverID?, sisID: String? = nil, student: CleverID
    ) {
        self.day = day
        self.status = status
        self.daily = daily
        self.excuseCode = excuseCode
        self.lastModified = lastModified
        self.created = created
        self.school = school
        self.section = section
        self.sisID = sisID
        self.student = student
    }
}
