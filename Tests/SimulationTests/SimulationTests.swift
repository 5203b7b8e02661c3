import Foundation
import Testing

@testable import Simulation

/// One simulation at a time: its disk is one for the process.
@Suite(.serialized) struct SimulationTests {
    static func run(
        _ scenario: Scenario, transcript: Transcript? = nil, sabotage: Sabotage? = nil
    ) -> Simulation.Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("simulation-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return Simulation.run(scenario, directory: folder.path, transcript: transcript, sabotage: sabotage)
    }

    private static func log(of scenario: Scenario) -> [String] {
        var lines: [String] = []
        _ = run(scenario, transcript: Transcript { lines.append($0) })
        return lines
    }

    @Test(arguments: [3, 11, 29] as [UInt64])
    func oneSeedIsOneHistoryByteForByte(seed: UInt64) {
        let first = Self.log(of: Scenario(seed: seed))
        #expect(first.count > 100)
        #expect(first == Self.log(of: Scenario(seed: seed)))
        #expect(first != Self.log(of: Scenario(seed: seed + 1)))
    }

    /// The first history of a process makes the state that the others begin with: it must not be luckier for that.
    @Test func itsPlaceInACampaignChangesNothing() {
        // A power fails in it.
        let scenario = Scenario(seed: 30024)
        let first = Self.log(of: scenario)
        _ = Self.run(Scenario(seed: 1))
        #expect(first == Self.log(of: scenario))
    }

    @Test(arguments: Array(1...6) as [UInt64])
    func everythingHolds(seed: UInt64) {
        #expect(Self.run(Scenario(seed: seed)).violation == nil)
    }

    /// A proof that can't fail is none: faults planted into the daemon are found within a few seeds.
    @Test(arguments: Sabotage.allCases)
    func aFaultOfTheDaemonIsNoticed(_ sabotage: Sabotage) {
        let noticed = (1...40).contains { seed in
            Self.run(Scenario(seed: seed), sabotage: sabotage).violation != nil
        }
        #expect(noticed)
    }
}
