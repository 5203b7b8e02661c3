import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Everything known about one student in one section on one day, and what happens next.",
        discussion: """
            Ids are Clever's, as every other command and the log show them; Schoology's section id and user id are \
            understood too. Asks neither side: Schoology's mark is the one that was read last.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "The student's id.") var student: String
    @Option(help: "The section's id.") var section: String
    @Option(help: "The attendance date, YYYY-MM-DD.") var date: String

    func validate() throws { _ = try DayArgument.day(date, "--date") }

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let settings = try options.theDistrict(loaded)
        let day = try DayArgument.day(date, "--date")
        let now = Timestamp.current
        guard let state = try openState(settings.name, loaded, .readOnly) else {
            Terminal.complain(
                "\(settings.name): no cycle has run yet, so nothing is known of anybody: `\(typed("once"))`")
            throw ExitStatus.usage.exitCode
        }
        let explanation = try state.reading { tx -> KeyExplanation? in
            guard let student = try tx.student(named: student), let section = try tx.section(named: section) else {
                try complainOfUnknown(settings, tx)
                return nil
            }
            let overrides = try tx.text(.overridesText).flatMap { try? OverridesFile(csv: $0).overrides }
            let story = try tx.story(
                of: Key(section: section, student: student, day: day), daily: settings.clever.daily,
                matching: settings.matching, overrides: overrides ?? Overrides())
            let today = DistrictCalendar(settings).day(of: now)
            return try KeyExplanation(
                settings, story, DistrictCircumstances(tx, today: today, now: now), tx: tx)
        }
        guard let explanation else { throw ExitStatus.usage.exitCode }
        if options.json {
            try Terminal.say(json: ExplainDocument(explanation: explanation))
        } else {
            Terminal.say(explanation.text(now: now))
        }
    }

    private func complainOfUnknown(_ settings: DistrictSettings, _ tx: Transaction) throws {
        if try tx.student(named: student) == nil {
            Terminal.complain(
                "\(settings.name) knows no student \(student): neither Clever's roster nor a record has named that id")
        }
        if try tx.section(named: section) == nil {
            Terminal.complain(
                "\(settings.name) knows no section \(section): neither Clever's roster nor a record has named that id")
        }
        Terminal.complain(
            "  ids are Clever's, as `\(typed("outbox list"))`, `conflicts list`, `unmatched` and the log show them; "
                + "with several districts, look whether it is --district \(settings.name)")
    }
}

/// `explain --json`.
struct ExplainDocument: Encodable {
    var version = 1
    var explanation: KeyExplanation
}
