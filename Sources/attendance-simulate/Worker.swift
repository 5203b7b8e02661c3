import Foundation
import Simulation

/// One process of a campaign: runs its seeds one after the other, and tells the campaign a line at a time.
struct Worker {
    /// What a worker says.
    enum Line: Codable {
        case ran(seed: UInt64, tally: Tally)
        case failed(seed: UInt64, violation: String, invariant: String, tally: Tally)
    }

    let histories: Histories

    func run(_ seeds: Range<UInt64>) {
        let encoder = JSONEncoder()
        for seed in seeds {
            let outcome = histories.run(histories.scenario(seed))
            let line =
                outcome.violation.map {
                    Line.failed(
                        seed: seed, violation: $0.description, invariant: $0.invariant, tally: outcome.tally)
                } ?? .ran(seed: seed, tally: outcome.tally)
            guard let data = try? encoder.encode(line) else { continue }
            Output.say(String(decoding: data, as: UTF8.self))
        }
    }
}
