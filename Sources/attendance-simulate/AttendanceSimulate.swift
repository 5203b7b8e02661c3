import ArgumentParser
import Foundation
import Simulation

@main
struct AttendanceSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attendance-simulate", abstract: "Runs attendance-sync's engine through simulated histories.")

    @Option(help: "How many seeds.") var seeds: UInt64 = 100
    @Option(help: "The first seed.") var from: UInt64 = 1
    @Flag(help: "Print the event log.") var log = false

    func run() throws {

        for seed in from..<from + seeds {
            let transcript = log ? Transcript { say($0) } : nil
            let outcome = Simulation.run(Scenario(seed: seed), directory: "/tmp/simulate/\(getpid())-\(seed)", transcript: transcript)
            say("\(seed) \(outcome.violation.map { "\($0)" } ?? "ok") \(outcome.tally.cycles)")
        }
    }
}

private func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
