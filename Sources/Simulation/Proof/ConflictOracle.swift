import AttendanceCore
import SyncState

/// What `[conflicts]` promises of every line of the conflict log, worked out from its words alone: nothing of the merge
/// is used here.
struct ConflictOracle {
    let rules: ConflictSettings

    /// Who has to win. Nil: nobody, until a person says so.
    private func winner(_ line: StoredConflict) -> Side? {
        let isProtected = rules.protect.contains(line.clever)
        switch rules.policy {
        case .hold: return nil
        case .clever: return .clever
        case .schoology: return isProtected ? .clever : .schoology
        case .newest:
            let office = line.cleverModified?.milliseconds ?? .min
            let teacher = line.schoologySeen?.milliseconds ?? .min
            return teacher > office && !isProtected ? .schoology : .clever
        }
    }

    /// - Returns: what is wrong with the line.
    func objection(to line: StoredConflict) -> String? {
        if line.policy != rules.policy.rawValue { return "it is of the policy \(line.policy)" }
        if line.clever == line.schoology { return "both sides say the same" }
        let isOfBoth = line.base != line.clever && line.base != line.schoology
        let isOfProtected = line.base == line.clever && rules.protect.contains(line.clever)
        if !isOfBoth, !isOfProtected { return "only one side has changed, and no mark is protected" }
        guard let winner = winner(line) else {
            let isOperators = line.resolvedBy.map(OutboxItem.isOperators) ?? false
            if line.outcome != "held", !isOperators { return "nobody decided it: \(line.outcome)" }
            return nil
        }
        return line.outcome.hasPrefix("\(winner) wins") ? nil : "\(winner) wins by the policy, not: \(line.outcome)"
    }

    /// Whether the line allows that what this side said is overwritten with `status`.
    func allows(_ line: StoredConflict, overwriting side: Side, with status: Status) -> Bool {
        if let decision = line.decision { return decision == status }
        return winner(line) == side.other
    }
}
