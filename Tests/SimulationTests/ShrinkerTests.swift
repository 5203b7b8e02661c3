import AttendanceCore
import Testing

@testable import Simulation

@Suite struct ShrinkerTests {
    private static func scenario(steps count: Int) -> Scenario {
        var scenario = Scenario(seed: 1)
        scenario.steps = (0..<count).map { Step(.seconds(Int64($0)), .strayTrigger(place: $0)) }
        return scenario
    }

    private static func places(_ scenario: Scenario) -> Set<Int> {
        Set(
            scenario.steps.compactMap {
                if case .strayTrigger(let place) = $0.action { place } else { nil }
            })
    }

    @Test(arguments: [[0], [99], [3, 50], [10, 11, 12], [0, 33, 66, 99], []])
    func findsWhatIsNeededAndNothingElse(needed: [Int]) {
        var shrinker = Shrinker(Self.scenario(steps: 100), runs: 1000) {
            Self.places($0).isSuperset(of: needed)
        }
        let smallest = shrinker.smallest()
        #expect(smallest == needed)
    }

    @Test func staysWithinItsRuns() {
        var runs = 0
        var shrinker = Shrinker(Self.scenario(steps: 1000), runs: 20) { scenario in
            runs += 1
            return Self.places(scenario).isSuperset(of: [1, 500, 998])
        }
        let smallest = Set(shrinker.smallest())
        #expect(smallest.isSuperset(of: [1, 500, 998]))
        #expect(runs <= 20)
    }
}
