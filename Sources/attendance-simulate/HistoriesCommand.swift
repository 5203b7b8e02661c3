import ArgumentParser
import Foundation
import Simulation

/// `attendance-simulate histories`, or without a name: the proof.
struct HistoriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "histories",
        abstract:
            "Runs attendance-sync's engine and its state through simulated school days, with everything going wrong.",
        discussion: """
            Each seed is one history of a small district: people who edit, faults, crashes, then peace. Exit status 1 when \
            an invariant is broken; what is printed then replays it.
            """)

    @Option(help: ArgumentHelp("How many seeds to run.", valueName: "n")) var seeds: UInt64 = 2000
    @Option(help: ArgumentHelp("The first of them.", valueName: "seed")) var from: UInt64 = 1
    @Option(help: ArgumentHelp("Processes at a time; the machine's cores by default.", valueName: "n")) var jobs: Int?
    @Option(help: ArgumentHelp("Replay this one seed and print its event log.", valueName: "seed")) var seed: UInt64?
    @Option(help: ArgumentHelp("With --seed: these steps of its history alone.", valueName: "3,14,15")) var only:
        String?
    @Option(help: "days, weeks or year; drawn from the seed by default.") var length: String?
    @Option(help: "How many students; drawn from the seed by default.") var students: Int?
    @Option(
        help: ArgumentHelp(
            "Plant this fault into the daemon, to see in how many histories it is noticed.", valueName: "fault"))
    var sabotage: String?
    @Flag(help: "With --seed: list the steps of its history, and run nothing.") var steps = false
    @Flag(help: "With --seed: the outcome alone, no event log.") var quiet = false
    @Flag(help: "Don't make the first failing history smaller.") var noShrink = false
    @Flag(help: .hidden) var worker = false

    func run() throws {
        try Rerun.withOrderedDictionaries()
        let histories = Histories(length: try theLength, students: students, sabotage: try theSabotage)
        if let seed {
            try replay(histories, seed)
        } else if worker {
            Worker(histories: histories).run(from..<from + seeds)
        } else {
            var campaign = Campaign(histories: histories, seeds: from..<from + seeds, jobs: jobs, shrinks: !noShrink)
            guard try campaign.run() else { throw ExitCode(1) }
        }
    }

    private var theLength: Scenario.Length? {
        get throws {
            guard let length else { return nil }
            guard let known = Scenario.Length(rawValue: length) else {
                throw ValidationError("--length is days, weeks or year")
            }
            return known
        }
    }

    private var theSabotage: Sabotage? {
        get throws {
            guard let sabotage else { return nil }
            guard let known = Sabotage(rawValue: sabotage) else {
                throw ValidationError(
                    "--sabotage is one of \(Sabotage.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return known
        }
    }

    private func replay(_ histories: Histories, _ seed: UInt64) throws {
        var scenario = histories.scenario(seed)
        if let only { scenario = scenario.with(only: only.split(separator: ",").compactMap { Int($0) }) }
        guard !steps else {
            for (number, step) in scenario.steps.enumerated() { Output.say("\(number)\t\(step.at)\t\(step.action)") }
            return
        }
        let outcome = histories.run(scenario, transcript: quiet ? nil : Transcript { Output.say($0) })
        if let violation = outcome.violation {
            Output.say("seed \(seed): \(violation)")
            throw ExitCode(1)
        }
        Output.say("seed \(seed): everything held, \(outcome.tally.cycles) cycles")
    }
}
