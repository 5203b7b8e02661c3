import Foundation
import Simulation

/// Makes histories of seeds, and runs them.
struct Histories {
    var length: Scenario.Length?
    var students: Int?
    /// A fault planted into the daemon.
    var sabotage: Sabotage?

    /// As they are given to the command.
    var options: [String] {
        (length.map { ["--length", $0.rawValue] } ?? []) + (students.map { ["--students", "\($0)"] } ?? [])
            + (sabotage.map { ["--sabotage", $0.rawValue] } ?? [])
    }

    func scenario(_ seed: UInt64) -> Scenario {
        Scenario(seed: seed, length: length, students: students)
    }

    func run(_ scenario: Scenario, transcript: Transcript? = nil) -> Simulation.Outcome {
        // A history that fails leaves its engine where it stands, with its kernel lock: each has a folder of its own.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("simulate-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return Simulation.run(scenario, directory: folder.path, transcript: transcript, sabotage: sabotage)
    }
}
