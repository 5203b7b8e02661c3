import AttendanceCore

/// The merge a second time, from the contract's words rather than from the code: first who wants to win, then
/// whether that may be.
enum MergeOracle {
    static func outcome(_ input: MergeInput, _ rules: MergeRules) -> MergeOutcome {
        if input.clever == input.schoology {
            return input.clever == input.base ? .nothing : .heal(input.clever)
        }
        let changed = Side.allCases.filter { input.value($0) != input.base }
        let proposing = changed.filter { input.value($0) != input.refused($0) }
        if proposing.isEmpty { return .nothing }

        if changed.count == 1 {
            let side = changed[0]
            if !rules.direction.writes(side.other) { return .drift(on: side) }
            let overwritesProtected = side == .schoology && rules.protect.contains(input.clever)
            if !overwritesProtected { return .write(to: side.other, input.value(side)) }
        }
        guard var winner = preferred(input, rules.policy) else { return .conflict(.hold) }
        if rules.protect.contains(input.clever) { winner = .clever }
        let mayGo = rules.direction.writes(winner.other) && input.value(winner) != input.refused(winner)
        return .conflict(mayGo ? .write(to: winner.other, input.value(winner)) : .leave(winner: winner))
    }

    private static func preferred(_ input: MergeInput, _ policy: ConflictPolicy) -> Side? {
        switch policy {
        case .hold: return nil
        case .clever: return .clever
        case .schoology: return .schoology
        case .newest:
            guard let schoology = input.schoologySeen else { return .clever }
            guard let clever = input.cleverModified else { return .schoology }
            return schoology > clever ? .schoology : .clever
        }
    }
}
