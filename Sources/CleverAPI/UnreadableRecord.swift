/// An attendance record that can't be understood: it is quarantined and blocks nothing else.
public struct UnreadableRecord: Sendable, Equatable {
    /// In plain words for an administrator, with the offending value where that isn't personal.
    public var reason: String
    public var student: String?
    public var section: String?
    public var school: String?
    public var date: String?
    public var lastModified: String?
    /// The same for the same defect of the same record in each scan: 16 hexadecimal digits.
    public var fingerprint: String

    public init(
        reason: String, student: String? = nil, section: String? = nil, school: String? = nil, date: String? = nil,
        lastModified: String? = nil, fingerprint: String
    ) {
        self.reason = reason
        self.student = student
        self.section = section
        self.school = school
        self.date = date
        self.lastModified = lastModified
        self.fingerprint = fingerprint
    }
}
