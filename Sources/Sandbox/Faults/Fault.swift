/// One way for a server to misbehave, and the requests it happens to.
public struct Fault: Sendable, Hashable {
    /// Nil: both.
    public var side: SandboxSide?
    /// Nil: every method.
    public var method: String?
    /// Matched against path and query, `*` standing for any text. Without a `?` only the path counts.
    public var path: String
    /// Matching requests (for `.itemCode`: items) that are let through first.
    public var skip: Int
    /// How often it happens; nil: for ever.
    public var count: Int?
    /// How likely it is for each matching request, drawn from the sandbox's seeded generator.
    public var probability: Double
    /// The request takes effect before its answer goes wrong. Counts for `.status`, `.html`, `.reset`, `.hang`
    /// and `.itemCode`; the other actions spoil the answer of a request that was served.
    public var isApplied: Bool
    public var action: FaultAction

    public init(
        _ action: FaultAction, side: SandboxSide? = nil, method: String? = nil, path: String = "*", skip: Int = 0,
        count: Int? = nil, probability: Double = 1, isApplied: Bool = false
    ) {
        self.side = side
        self.method = method
        self.path = path
        self.skip = skip
        self.count = count
        self.probability = probability
        self.isApplied = isApplied
        self.action = action
    }

    func matches(_ request: WireRequest, from side: SandboxSide) -> Bool {
        guard self.side == nil || self.side == side, method == nil || method == request.method else { return false }
        return Self.glob(path, path.contains("?") ? request.target : request.path)
    }

    /// True if `text` is `pattern` with each `*` replaced by any text.
    static func glob(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var (inPattern, inText) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while inText < text.count {
            if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
                star = (inPattern, inText)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == text[inText] {
                inPattern += 1
                inText += 1
            } else if let last = star {
                inPattern = last.pattern + 1
                inText = last.text + 1
                star = (last.pattern, inText)
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
