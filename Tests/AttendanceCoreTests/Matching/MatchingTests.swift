import SeededRandom
import AttendanceCore
import Testing

@Suite struct MatchingTests {
    @Test func theFirstRuleThatFindsExactlyOneWins() {
        #expect(Matching.resolve([[7]]) == .matched(7, rank: 0))
        #expect(Matching.resolve([[], [7], [8]]) == .matched(7, rank: 1))
        #expect(Matching.resolve([[7], [8, 9]]) == .matched(7, rank: 0))
    }

    @Test func nothingFoundIsMissing() {
        #expect(Matching.resolve([[Int]]()) == .missing)
        #expect(Matching.resolve([[], []] as [[Int]]) == .missing)
    }

    @Test func severalCandidatesAreRefusedAndAWeakerRuleDoesNotDecide() {
        #expect(Matching.resolve([[7, 8], [7]]) == .ambiguous([7, 8], rank: 0))
        #expect(Matching.resolve([[], [9, 7, 8]]) == .ambiguous([9, 7, 8], rank: 1))
    }

    @Test func theSameCandidateTwiceIsOne() {
        #expect(Matching.resolve([[7, 7, 7]]) == .matched(7, rank: 0))
        #expect(Matching.resolve([[7, 8, 7]]) == .ambiguous([7, 8], rank: 0))
    }

    @Test func claimsOnDifferentIdentitiesStand() {
        #expect(claims([("a", 1, 0), ("b", 2, 0)]).isEmpty)
    }

    @Test func equalClaimsOnOneIdentityAreAllRefused() {
        #expect(claims([("a", 1, 0), ("b", 1, 0), ("c", 2, 0)]) == ["a": 1, "b": 1])
        #expect(claims([("a", 1, 2), ("b", 1, 2), ("c", 1, 2)]) == ["a": 1, "b": 1, "c": 1])
    }

    @Test func theStrongerClaimStandsWhicheverComesFirst() {
        #expect(claims([("a", 1, 0), ("b", 1, 1)]) == ["b": 1])
        #expect(claims([("b", 1, 1), ("a", 1, 0)]) == ["b": 1])
        #expect(claims([("b", 1, 1), ("c", 1, 1), ("a", 1, Matching.overrideRank)]) == ["b": 1, "c": 1])
        #expect(claims([("b", 1, 1), ("a", 1, 0), ("c", 1, 1)]) == ["b": 1, "c": 1])
    }

    @Test func twoStrongClaimsRefuseEachOtherAndTheWeakOne() {
        #expect(claims([("a", 1, 0), ("c", 1, 1), ("b", 1, 0)]) == ["a": 1, "b": 1, "c": 1])
        #expect(claims([("c", 1, 1), ("a", 1, 0), ("b", 1, 0)]) == ["a": 1, "b": 1, "c": 1])
    }

    @Test func noIdentityKeepsTwoClaimants() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let made = (0..<8).map { claimant in
                (
                    claimant: claimant, target: Int.random(in: 0..<4, using: &random),
                    rank: Int.random(in: -1...1, using: &random)
                )
            }
            let refused = Matching.doubleClaims(made)
            for target in 0..<4 {
                let claimants = made.filter { $0.target == target }
                let kept = claimants.filter { refused[$0.claimant] == nil }
                let best = claimants.map(\.rank).min()
                let strongest = claimants.filter { $0.rank == best }
                #expect(kept.map(\.claimant) == (strongest.count == 1 ? strongest.map(\.claimant) : []))
            }
        }
    }

    private func claims(_ claims: [(String, Int, Int)]) -> [String: Int] {
        Matching.doubleClaims(claims.map { (claimant: $0.0, target: $0.1, rank: $0.2) })
    }
}
