/// What the district calls a student, their school and a section; Clever's ids are others.
public struct SandboxSISIDs: Sendable, Hashable {
    public let student: String
    public let school: String
    public let section: String?
}
