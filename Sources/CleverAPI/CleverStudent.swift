/// A user in the role of student (`GET /v3.1/users?role=student`).
public struct CleverStudent: Sendable, Equatable {
    public var id: String
    public var sisID: String?
    public var studentNumber: String?
    public var stateID: String?
    /// Clever ids, the primary school first, each once.
    public var schools: [String]

    public init(
        id: String, sisID: String? = nil, studentNumber: String? = nil, stateID: String? = nil,
        schools: [String] = []
    ) {
        self.id = id
        self.sisID = sisID
        self.studentNumber = studentNumber
        self.stateID = stateID
        self.schools = schools
    }
}
