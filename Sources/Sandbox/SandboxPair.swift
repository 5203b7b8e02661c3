/// A student in a section, found on both sides without a doubt.
public struct SandboxPair: Sendable, Hashable {
    public let cleverStudent: String
    public let cleverSection: String
    public let schoologySection: String
    public let enrollment: String
}
