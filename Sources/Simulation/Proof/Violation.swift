/// Something that must never happen, and did.
public struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was promised, in a word or two: failures of one kind are one fault until shown otherwise.
    public var invariant: String
    public var detail: String

    public var description: String { "\(invariant): \(detail)" }
}
