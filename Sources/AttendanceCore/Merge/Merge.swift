/// The three-way merge of one key against the base: a pure function, total over its domain.
///
/// The idea is mutagen's reconcile: two equal sides heal the ancestor, one changed side is propagated, and
/// two changed sides are a conflict that a policy decides.
public func merge(_ input: MergeInput, _ rules: MergeRules) -> MergeOutcome {
    if input.clever == input.schoology {
        return input.base == input.clever ? .nothing : .heal(input.clever)
    }
    let cleverDiffers = input.clever != input.base
    let schoologyDiffers = input.schoology != input.base
    let cleverChanged = cleverDiffers && input.clever != input.refusedClever
    let schoologyChanged = schoologyDiffers && input.schoology != input.refusedSchoology
    guard cleverChanged || schoologyChanged else { return .nothing }

    switch (cleverDiffers, schoologyDiffers) {
    case (true, true):
        return .conflict(resolve(input, rules))
    case (true, false):
        return rules.direction.writesSchoology ? .write(to: .schoology, input.clever) : .drift(on: .clever)
    case (false, true):
        guard rules.direction.writesClever else { return .drift(on: .schoology) }
        return rules.protect.contains(input.clever)
            ? .conflict(resolve(input, rules)) : .write(to: .clever, input.schoology)
    case (false, false):
        return .nothing
    }
}

/// Decides a conflict by the policy. `protect` binds every policy but `hold`, which overwrites nothing. A value that
/// an operator refused is never what is written: not even by the other side's change is it proposed again.
private func resolve(_ input: MergeInput, _ rules: MergeRules) -> MergeOutcome.Resolution {
    let winner: Side
    switch rules.policy {
    case .hold:
        return .hold
    case .clever:
        winner = .clever
    case .schoology:
        winner = .schoology
    case .newest:
        // An edit whose time is not known is taken for the older; between equals the official record stays.
        winner =
            (input.cleverModified?.milliseconds ?? .min) >= (input.schoologySeen?.milliseconds ?? .min)
            ? .clever : .schoology
    }
    let allowed = winner == .schoology && rules.protect.contains(input.clever) ? .clever : winner
    switch allowed {
    case .clever:
        return rules.direction.writesSchoology && input.clever != input.refusedClever
            ? .write(to: .schoology, input.clever) : .leave(winner: .clever)
    case .schoology:
        return rules.direction.writesClever && input.schoology != input.refusedSchoology
            ? .write(to: .clever, input.schoology) : .leave(winner: .schoology)
    }
}
