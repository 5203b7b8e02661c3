/// A course section (REST API, "Course Section").
public struct SchoologySection: Sendable, Equatable {
    public var id: String
    public var sectionCode: String?
    public var schoolCode: String?
    /// Whether its grading periods are running; nil: the answer doesn't say.
    public var active: Bool?
    public var courseID: String?

    public init(
        id: String, sectionCode: String? = nil, schoolCode: String? = nil, active: Bool? = nil, courseID: String? = nil
    ) {
        self.id = id
        self.sectionCode = sectionCode
        self.schoolCode = schoolCode
        self.active = active
        self.courseID = courseID
    }
}
