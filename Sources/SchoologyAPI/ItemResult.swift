/// The outcome of one item of a PUT. The answer carries no enrollment id: items are matched by position.
public struct ItemResult: Sendable, Equatable {
    /// The item's own status; nil when the answer doesn't say.
    public var code: Int?
    /// Why it was refused, one line, where the answer says so.
    public var message: String?

    public init(code: Int?, message: String? = nil) {
        self.code = code
        self.message = message
    }
}
