/// An answer that isn't what its endpoint documents, so that nothing in it can be relied on.
///
/// `what` says what was expected and what came. It quotes nothing out of the body but field names and kinds.
public struct MalformedAnswer: Error, Sendable, Equatable, CustomStringConvertible {
    public var what: String

    public init(what: String) {
        self.what = what
    }

    public var description: String { what }
}
