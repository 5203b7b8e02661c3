import AttendanceCore
import Testing

@testable import Simulation

extension SimulationTests {
    /// The power fails at one effect after the other of a cycle that writes over a teacher's mark, as the policy says.
    /// The conflict's line is on the disk before the mark leaves.
    @Test func noPowerFailureTakesAConflictWithIt() {
        var overwritten = 0
        for effects in 1...40 {
            let scenario = Self.scenario([
                Step(.minutes(40), .officeMarks(place: 0, daysAgo: 0, word: 2, isDaily: false)),
                Step(.minutes(40), .teacherMarks(place: 0, daysAgo: 0, status: 3, tells: nil)),
                Step(.minutes(41), .officeSync),
                Step(.minutes(42), .crash(.powerFailed, afterEffects: effects, bootsAfter: .seconds(30))),
            ])
            let outcome = Self.run(scenario)
            #expect(outcome.violation == nil, "after \(effects) effects")
            overwritten += outcome.tally.conflicts
        }
        #expect(overwritten >= 30)
    }

    /// It fails at one effect after the other of a cycle that uploads a row, the teacher changes the mark again, and
    /// then Clever takes the file: what it shows is the row's, and no office's word against the teacher's.
    @Test func noPowerFailureTakesARowForTheOffices() {
        for effects in 1...40 {
            let scenario = Self.scenario([
                Step(.minutes(40), .teacherMarks(place: 0, daysAgo: 0, status: 3, tells: nil)),
                Step(.minutes(42), .crash(.powerFailed, afterEffects: effects, bootsAfter: .hours(2))),
                Step(.minutes(100), .teacherMarks(place: 0, daysAgo: 0, status: 2, tells: nil)),
                Step(.minutes(101), .cleverTakesFile(processing: .seconds(30))),
            ])
            let outcome = Self.run(scenario)
            #expect(outcome.violation == nil, "after \(effects) effects")
            #expect(outcome.tally.conflicts == 0, "after \(effects) effects")
        }
    }

    private static func scenario(_ steps: [Step]) -> Scenario {
        var scenario = Scenario(seed: 1, length: .days)
        scenario.students = 4
        scenario.elementaryPercent = 0
        scenario.generatesMarks = false
        scenario.settings.direction = .both
        scenario.settings.conflicts.policy = .clever
        scenario.settings.conflicts.protect = []
        scenario.settings.clever.pollInterval = .minutes(15)
        scenario.settings.schoology.pollInterval = .minutes(15)
        scenario.settings.clever.sftp?.uploadInterval = .minutes(10)
        scenario.end = .hours(4)
        scenario.steps = steps
        return scenario
    }
}
