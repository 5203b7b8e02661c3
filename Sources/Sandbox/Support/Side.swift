/// Which of the two APIs.
public enum SandboxSide: String, Sendable, Hashable, CaseIterable {
    case clever
    case schoology
}
