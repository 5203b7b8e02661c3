/// A section of one student, as far as a daily record needs to know it.
public struct DailySection: Sendable, Hashable {
    public var section: Int64
    /// Clever's `subject`; `homeroom/advisory` is the homeroom.
    public var subject: String?
    public var period: String?

    public init(section: Int64, subject: String?, period: String?) {
        self.section = section
        self.subject = subject
        self.period = period
    }

    /// Numbers first and by value, then other periods by their text, then sections without one.
    static func ordered(_ left: DailySection, _ right: DailySection) -> Bool {
        let (leftNumber, rightNumber) = (left.period.flatMap { Int($0) }, right.period.flatMap { Int($0) })
        switch (leftNumber, rightNumber) {
        case (let first?, let second?) where first != second: return first < second
        case (_?, nil): return true
        case (nil, _?): return false
        default: break
        }
        let (leftText, rightText) = (left.period ?? "", right.period ?? "")
        if leftText != rightText {
            return !leftText.isEmpty && (rightText.isEmpty || leftText < rightText)
        }
        return left.section < right.section
    }
}

extension DailyPolicy {
    /// The sections that a daily record of a student applies to.
    ///
    /// Homeroom: of several the lowest period; of none the student's first section by period.
    public func targets(of sections: [DailySection]) -> [Int64] {
        switch self {
        case .none:
            return []
        case .allSections:
            return sections.map(\.section).sorted()
        case .homeroom:
            let homerooms = sections.filter { $0.subject == "homeroom/advisory" }
            let candidates = homerooms.isEmpty ? sections : homerooms
            return candidates.min(by: DailySection.ordered).map { [$0.section] } ?? []
        }
    }
}
