/// What the matching rules found for one section or student.
public enum MatchOutcome<ID: Hashable & Sendable>: Sendable, Hashable {
    /// `rank` is the rule's place in the configuration; an override is `overrideRank`.
    case matched(ID, rank: Int)
    case missing
    /// More than one candidate, in the order found.
    case ambiguous([ID], rank: Int)
}

public enum Matching {
    /// The rank of a line of the overrides file: before every rule.
    public static let overrideRank = -1

    /// Walks the rules in order: the first that finds exactly one wins. A rule that finds several ends the search:
    /// guessing on with a weaker rule could give a student somebody else's mark.
    public static func resolve<ID>(_ candidatesByRule: [[ID]]) -> MatchOutcome<ID> {
        for (rank, candidates) in candidatesByRule.enumerated() {
            var distinct: [ID] = []
            for candidate in candidates where !distinct.contains(candidate) { distinct.append(candidate) }
            switch distinct.count {
            case 0: continue
            case 1: return .matched(distinct[0], rank: rank)
            default: return .ambiguous(distinct, rank: rank)
            }
        }
        return .missing
    }

    /// Two identities of Clever may not share one of Schoology's. The claim by the stronger rule stands; claims
    /// of equal rank are all refused.
    ///
    /// - Returns: for each claimant that loses its match, the identity it claimed.
    public static func doubleClaims<Claimant: Hashable, ID: Hashable>(
        _ claims: [(claimant: Claimant, target: ID, rank: Int)]
    ) -> [Claimant: ID] {
        var best: [ID: (rank: Int, count: Int)] = [:]
        for claim in claims {
            guard let held = best[claim.target] else {
                best[claim.target] = (claim.rank, 1)
                continue
            }
            if claim.rank < held.rank {
                best[claim.target] = (claim.rank, 1)
            } else if claim.rank == held.rank {
                best[claim.target] = (held.rank, held.count + 1)
            }
        }
        var refused: [Claimant: ID] = [:]
        for claim in claims {
            guard let held = best[claim.target] else { continue }
            if claim.rank > held.rank || held.count > 1 { refused[claim.claimant] = claim.target }
        }
        return refused
    }
}
