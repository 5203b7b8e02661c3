import AttendanceCore

/// Every input that the merge can tell apart, for one direction and policy.
struct MergeDomain {
    static let refusals: [Status?] = [nil] + Status.allCases
    /// Unknown, earlier and later, on both sides: every order that two times can have.
    static let times: [Timestamp?] = [nil, Timestamp(seconds: 1), Timestamp(seconds: 2)]
    static let protectSets: [Set<Status>] = (0..<16).map { bits in
        Set(Status.allCases.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element))
    }

    static let directionsAndPolicies: [(Direction, ConflictPolicy)] = Direction.allCases.flatMap { direction in
        ConflictPolicy.allCases.map { (direction, $0) }
    }

    let direction: Direction
    let policy: ConflictPolicy

    /// Calls `body` with each input and each set of rules. Times vary where the policy looks at them.
    func forEach(_ body: (MergeInput, MergeRules) -> Void) {
        let times = policy == .newest ? MergeDomain.times : [nil]
        let rules = MergeDomain.protectSets.map { MergeRules(direction: direction, policy: policy, protect: $0) }
        for base in Status.allCases {
            for clever in Status.allCases {
                for schoology in Status.allCases {
                    var input = MergeInput(base: base, clever: clever, schoology: schoology)
                    for refusedClever in MergeDomain.refusals {
                        input.refusedClever = refusedClever
                        for refusedSchoology in MergeDomain.refusals {
                            input.refusedSchoology = refusedSchoology
                            for cleverTime in times {
                                input.cleverModified = cleverTime
                                for schoologyTime in times {
                                    input.schoologySeen = schoologyTime
                                    for rule in rules { body(input, rule) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

extension MergeInput {
    func value(_ side: Side) -> Status { side == .clever ? clever : schoology }

    func refused(_ side: Side) -> Status? { side == .clever ? refusedClever : refusedSchoology }

    func changed(_ side: Side) -> Bool { value(side) != base }

    /// Both sides and the base once the outcome has been carried out.
    func applying(_ outcome: MergeOutcome) -> MergeInput {
        var after = self
        switch outcome {
        case .write(let side, let status), .conflict(.write(let side, let status)):
            after.base = status
            if side == .clever { after.clever = status } else { after.schoology = status }
        case .heal(let status):
            after.base = status
        case .nothing, .drift, .conflict(.leave), .conflict(.hold):
            break
        }
        return after
    }

    /// The same situation with the sides' parts exchanged.
    var swapped: MergeInput {
        MergeInput(
            base: base, clever: schoology, schoology: clever, refusedClever: refusedSchoology,
            refusedSchoology: refusedClever, cleverModified: schoologySeen, schoologySeen: cleverModified)
    }
}

extension MergeOutcome {
    /// What would be written, and where.
    var write: (side: Side, status: Status)? {
        switch self {
        case .write(let side, let status), .conflict(.write(let side, let status)): (side, status)
        case .nothing, .heal, .drift, .conflict(.leave), .conflict(.hold): nil
        }
    }

    var isConflict: Bool {
        if case .conflict = self { true } else { false }
    }

    var swapped: MergeOutcome {
        switch self {
        case .nothing: .nothing
        case .heal(let status): .heal(status)
        case .write(let side, let status): .write(to: side.other, status)
        case .drift(let side): .drift(on: side.other)
        case .conflict(.write(let side, let status)): .conflict(.write(to: side.other, status))
        case .conflict(.leave(let winner)): .conflict(.leave(winner: winner.other))
        case .conflict(.hold): .conflict(.hold)
        }
    }
}

extension Direction {
    func writes(_ side: Side) -> Bool { side == .clever ? writesClever : writesSchoology }

    var swapped: Direction {
        switch self {
        case .both: .both
        case .toSchoology: .toClever
        case .toClever: .toSchoology
        }
    }
}

extension ConflictPolicy {
    var swapped: ConflictPolicy {
        switch self {
        case .clever: .schoology
        case .schoology: .clever
        case .newest: .newest
        case .hold: .hold
        }
    }
}
