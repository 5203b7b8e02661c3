/// Why the sandbox couldn't do what it was asked.
public enum SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No such student, section, enrollment, …
    case unknown(String, id: String)
    /// Triggers go to this machine only.
    case notLoopback(String)

    public var description: String {
        switch self {
        case .unknown(let kind, let id): "no \(kind) has the id \(id)"
        case .notLoopback(let url): "triggers are sent to http://127.0.0.1:<port>/… only, not to \(url)"
        }
    }
}
