/// A section and who is enrolled in it (`GET /v3.1/sections`).
public struct CleverSection: Sendable, Equatable {
    public var id: String
    /// The school's Clever id.
    public var school: String
    public var sisID: String?
    public var sectionNumber: String?
    public var period: String?
    /// `homeroom/advisory` and others.
    public var subject: String?
    public var termID: String?
    /// Clever ids, each once, in the answer's order.
    public var students: [String]

    public init(
        id: String, school: String, sisID: String? = nil, sectionNumber: String? = nil, period: String? = nil,
        subject: String? = nil, termID: String? = nil, students: [String] = []
    ) {
        self.id = id
        self.school = school
        self.sisID = sisID
        self.sectionNumber = sectionNumber
        self.period = period
        self.subject = subject
        self.termID = termID
        self.students = students
    }
}
