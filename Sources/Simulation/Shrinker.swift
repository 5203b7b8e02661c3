/// Makes a failing history smaller: leaves steps out for as long as it fails in the same way.
///
/// Zeller and Hildebrandt's ddmin, with a limit on the runs instead of a proof that nothing more can go.
public struct Shrinker {
    private let scenario: Scenario
    private let fails: (Scenario) -> Bool
    private var runsLeft: Int

    /// - Parameter fails: runs a history and tells whether it fails as the first one did.
    public init(_ scenario: Scenario, runs: Int, fails: @escaping (Scenario) -> Bool) {
        self.scenario = scenario
        self.fails = fails
        runsLeft = runs
    }

    /// - Returns: the numbers of the steps that are needed, from 0.
    public mutating func smallest() -> [Int] {
        var kept = Array(scenario.steps.indices)
        var size = max(kept.count / 2, 1)
        while size >= 1, runsLeft > 0 {
            var index = 0
            var hasLeftOut = false
            while index < kept.count, runsLeft > 0 {
                let candidate = Array(kept[..<index] + kept[min(index + size, kept.count)...])
                runsLeft -= 1
                if fails(scenario.with(only: candidate)) {
                    kept = candidate
                    hasLeftOut = true
                } else {
                    index += size
                }
            }
            if !hasLeftOut || size > kept.count { size = min(size / 2, max(kept.count / 2, size == 1 ? 0 : 1)) }
        }
        return kept
    }
}

extension Scenario {
    /// The same history with these steps alone.
    public func with(only kept: [Int]) -> Scenario {
        var scenario = self
        scenario.steps = kept.filter(steps.indices.contains).map { steps[$0] }
        return scenario
    }
}
