import ArgumentParser
import AttendanceCore
import Foundation
import Simulation

/// `attendance-simulate day`: how soon marks arrive, and what that asks of both sides.
struct SchoolDayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "day",
        abstract: "Runs a school day in which nothing fails; prints requests, and how soon marks arrive.",
        discussion: """
            Both sides keep to their documented rate limits (1200 requests a minute; 15 credits in 5 s). The clock is a \
            simulated one, so the times are exact, and those of a machine that is infinitely fast.
            """)

    @Option(help: ArgumentHelp("How many students.", valueName: "n")) var students = 10_000
    @Option(help: ArgumentHelp("Sections of each student.", valueName: "n")) var sectionsPerStudent = 7
    @Option(help: ArgumentHelp("Milliseconds from a request to its answer.", valueName: "ms")) var roundTrip: Int64 =
        100
    @Option(help: ArgumentHelp("schoology.poll_interval, such as 15m.", valueName: "duration")) var readBack: String?

    func run() throws {
        try Rerun.withOrderedDictionaries()
        var plan = SchoolDay.Plan()
        plan.students = students
        plan.sectionsPerStudent = sectionsPerStudent
        plan.roundTrip = .milliseconds(roundTrip)
        plan.readBack = try readBack.map(Self.span)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("day-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        Output.say("\(students) students")
        Output.say(
            "| part | took | polls | pages | Clever's roster | reads | PUTs | fewest | Schoology's roster | files | 429s | marks | p50 | p99 | last |"
        )
        Output.say("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        try SchoolDay.run(plan, directory: folder.path) { Output.say(Self.row($0)) }
    }

    private static func span(_ text: String) throws -> Span {
        guard let span = Span(text) else { throw ValidationError("not a duration, such as 15m: \(text)") }
        return span
    }

    private static func row(_ part: SchoolDay.Part) -> String {
        let requests = part.requests
        let counts = [
            requests.polls, requests.pages, requests.cleverRoster, requests.reads, requests.writes,
            requests.fewestWrites,
            requests.schoologyRoster, requests.files, requests.refused, part.arrivals.count,
        ]
        let times = [0.5, 0.99, 1].map { share -> String in
            guard !part.arrivals.isEmpty else { return "" }
            return clock(part.arrivals[min(part.arrivals.count - 1, Int(share * Double(part.arrivals.count)))])
        }
        return "| " + ([part.name, clock(part.took)] + counts.map(String.init) + times).joined(separator: " | ") + " |"
    }

    /// Hours, minutes and seconds.
    private static func clock(_ span: Span) -> String {
        let seconds = (span.milliseconds + 500) / 1000
        let minutes = String(format: "%02d:%02d", seconds / 60 % 60, seconds % 60)
        return seconds < 3600 ? minutes : "\(seconds / 3600):\(minutes)"
    }
}
