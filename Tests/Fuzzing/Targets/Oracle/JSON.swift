/// A value of JSON (RFC 8259), to say from outside what an answer holds.
indirect enum JSON: Sendable {
    case null
    case flag(Bool)
    /// As it is written.
    case number(String)
    case text(String)
    case list([JSON])
    /// Each key once.
    case object([String: JSON])

    /// The member; nil when there is none, or when it isn't an object.
    subscript(_ key: String) -> JSON? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    /// Whether two readers could understand it in two ways, so that nothing is to be said about it.
    struct Unclear: Error {}
}
