import AttendanceCore
import Testing

/// What must hold for every input there is.
@Suite struct MergeDomainTests {
    @Test(arguments: MergeDomain.directionsAndPolicies)
    func agreesWithTheContractReadASecondTime(direction: Direction, policy: ConflictPolicy) {
        let seen = violations(direction, policy) { input, rules, outcome in
            outcome == MergeOracle.outcome(input, rules)
        }
        // 4³ statuses, 5² refusals, 16 protect sets; 3² times where they count.
        #expect(seen.inputs == 64 * 25 * 16 * (policy == .newest ? 9 : 1))
        #expect(seen.found.isEmpty)
    }

    @Test(arguments: MergeDomain.directionsAndPolicies)
    func writesOnlyWhatItMay(direction: Direction, policy: ConflictPolicy) {
        let seen = violations(direction, policy) { input, rules, outcome in
            guard let write = outcome.write else { return true }
            let source = write.side.other
            return input.clever != input.schoology
                && rules.direction.writes(write.side)
                && write.status == input.value(source)
                && write.status != input.refused(source)
                && !(write.side == .clever && rules.protect.contains(input.clever))
        }
        #expect(seen.found.isEmpty)
    }

    @Test(arguments: MergeDomain.directionsAndPolicies)
    func equalSidesNeverWriteAndNeverQuarrel(direction: Direction, policy: ConflictPolicy) {
        let seen = violations(direction, policy) { input, _, outcome in
            guard input.clever == input.schoology else { return true }
            return outcome == (input.base == input.clever ? .nothing : .heal(input.clever))
        }
        #expect(seen.found.isEmpty)
    }

    @Test(arguments: MergeDomain.directionsAndPolicies)
    func anUnchangedSideWinsOnlyByProtectWhichIsAConflict(direction: Direction, policy: ConflictPolicy) {
        let seen = violations(direction, policy) { input, rules, outcome in
            guard let write = outcome.write, !input.changed(write.side.other) else { return true }
            return write.side == .schoology && outcome.isConflict && rules.protect.contains(input.clever)
        }
        #expect(seen.found.isEmpty)
    }

    @Test(arguments: MergeDomain.directionsAndPolicies)
    func twoChangesToDifferentValuesAreNeverMergedInSilence(direction: Direction, policy: ConflictPolicy) {
        let seen = violations(direction, policy) { input, _, outcome in
            guard input.clever != input.schoology, input.changed(.clever), input.changed(.schoology) else {
                return true
            }
            let bothRefused = Side.allCases.allSatisfy { input.value($0) == input.refused($0) }
            return bothRefused ? outcome == .nothing : outcome.isConflict
        }
        #expect(seen.found.isEmpty)
    }

    @Test(arguments: MergeDomain.directionsAndPolicies)
    func aSecondMergeHasNothingLeftToDo(direction: Direction, policy: ConflictPolicy) {
        let seen = violations(direction, policy) { input, rules, outcome in
            let again = merge(input.applying(outcome), rules)
            switch outcome {
            case .nothing, .heal, .write, .conflict(.write): return again == .nothing
            case .drift, .conflict(.leave), .conflict(.hold): return again == outcome
            }
        }
        #expect(seen.found.isEmpty)
    }

    @Test(arguments: Direction.allCases)
    func underHoldNoConflictIsWritten(direction: Direction) {
        let seen = violations(direction, .hold) { _, _, outcome in !outcome.isConflict || outcome == .conflict(.hold) }
        #expect(seen.found.isEmpty)
    }

    /// Nothing in the merge prefers a side but the policy, `protect`, and the tie of two equal times.
    @Test(arguments: MergeDomain.directionsAndPolicies)
    func exchangingTheSidesExchangesTheOutcome(direction: Direction, policy: ConflictPolicy) {
        let seen = violations(direction, policy) { input, rules, outcome in
            guard rules.protect.isEmpty, policy != .newest || input.cleverModified != input.schoologySeen else {
                return true
            }
            let mirrored = MergeRules(direction: direction.swapped, policy: policy.swapped, protect: [])
            return merge(input.swapped, mirrored) == outcome.swapped
        }
        #expect(seen.found.isEmpty)
    }

    private func violations(
        _ direction: Direction, _ policy: ConflictPolicy,
        _ holds: (MergeInput, MergeRules, MergeOutcome) -> Bool
    ) -> (inputs: Int, found: [String]) {
        var inputs = 0
        var found: [String] = []
        MergeDomain(direction: direction, policy: policy).forEach { input, rules in
            inputs += 1
            let outcome = merge(input, rules)
            if !holds(input, rules, outcome), found.count < 5 { found.append("\(input) \(rules) → \(outcome)") }
        }
        return (inputs, found)
    }
}
