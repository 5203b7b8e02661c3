/// Who is in a section (REST API, "Enrollment").
public struct SchoologyEnrollment: Sendable, Equatable {
    public var id: String
    public var uid: String
    public var schoolUID: String?
    /// A teacher of the section.
    public var isAdmin: Bool
    /// 1 active, 2 expired, 3 invite pending, 4 request pending, 5 archived; 0: the answer doesn't say.
    public var status: Int

    public init(id: String, uid: String, schoolUID: String? = nil, isAdmin: Bool = false, status: Int = 1) {
        self.id = id
        self.uid = uid
        self.schoolUID = schoolUID
        self.isAdmin = isAdmin
        self.status = status
    }

    public var isActive: Bool { status == 1 }
}
