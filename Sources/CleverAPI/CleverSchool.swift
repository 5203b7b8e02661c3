/// A school that the token shares (`GET /v3.1/schools`).
public struct CleverSchool: Sendable, Equatable {
    public var id: String
    public var sisID: String?

    public init(id: String, sisID: String?) {
        self.id = id
        self.sisID = sisID
    }
}
