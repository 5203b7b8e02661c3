/// Why the sandbox couldn't do what it was asked.
public enum SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No such student, section, enrollment, …
    case unknown(String, id: String)

    public var description: String {
        switch self {
        case .unknown(let kind, let id): "no \(kind) has the id \(id)"
        }
    }
}
