/// A user (REST API, "User").
public struct SchoologyUser: Sendable, Equatable {
    public var uid: String
    public var schoolUID: String?

    public init(uid: String, schoolUID: String? = nil) {
        self.uid = uid
        self.schoolUID = schoolUID
    }
}
