/// How many identities of Clever a matching rule finds in Schoology, and how many more if differences of writing
/// didn't count. Rules compare ids as they are: what differs in writing is to be mended at its source.
public struct RuleYield: Sendable, Hashable {
    /// What two ids differ by that a person would call the same.
    public enum Difference: String, Sendable, CaseIterable {
        case spaces
        case letterCase = "letter case"
        case leadingZeros = "leading zeros"

        func removed(from text: String) -> String {
            switch self {
            case .spaces: String(text.filter { !$0.isWhitespace })
            case .letterCase: text.lowercased()
            case .leadingZeros: String(text.drop { $0 == "0" })
            }
        }
    }

    /// Identities looked at, and those that have a value in the rule's field.
    public var looked = 0
    public var filled = 0
    public var exact = 0
    /// Found in addition if that difference alone didn't count.
    public var more: [Difference: Int] = [:]

    /// - Parameters:
    ///   - values: of the rule's Clever field, one for each identity; nil or empty where it has none.
    ///   - known: what Schoology has.
    public init(_ values: [String?], in known: Set<String>) {
        looked = values.count
        let filled = values.compactMap(\.self).filter { !$0.isEmpty }
        self.filled = filled.count
        let missed = filled.filter { !known.contains($0) }
        exact = filled.count - missed.count
        guard !missed.isEmpty else { return }
        for difference in Difference.allCases {
            let plain = Set(known.map(difference.removed).filter { !$0.isEmpty })
            let found = missed.count { plain.contains(difference.removed(from: $0)) }
            if found > 0 { more[difference] = found }
        }
    }

    /// The ways of writing an id to ask a server for that answers exact ones only: itself first, each once.
    public static func spellings(of id: String) -> [String] {
        var result: [String] = []
        let others = Difference.allCases.map { $0.removed(from: id) } + [id.uppercased()]
        for text in [id] + others where !text.isEmpty && !result.contains(text) { result.append(text) }
        return result
    }
}
