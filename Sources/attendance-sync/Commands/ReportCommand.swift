import ArgumentParser
import AttendanceCore
import Foundation
import Operations
import Report
import SyncState

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a self-contained page with charts, for people who would rather look than read.",
        discussion: """
            The page needs no network and no script. It names people by their ids alone and is still made of education \
            records: the file has mode 0600, and takes the place of one of that name. Works while the service runs.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "The file to write; one of that name is replaced.", completion: .file(extensions: ["html"]))
    var html: String
    @Option(
        help: "The first day, YYYY-MM-DD. Default: 29 days before today.",
        transform: { try DayArgument.day($0, "--since") })
    var since: Day?

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let now = Timestamp.current
        var subjects: [ReportPage.Subject] = []
        for settings in try options.districts(loaded) {
            let calendar = DistrictCalendar(settings)
            let today = calendar.day(of: now)
            let first = since ?? today - 29
            guard first <= today, today.number - first.number < 3660 else {
                Terminal.complain("--since \(first): name a day of the last ten years, up to today (\(today))")
                throw ExitStatus.usage.exitCode
            }
            var facts = DistrictFacts(name: settings.name, first: first, last: today)
            facts.timezone = settings.timezone
            facts.direction = settings.direction
            facts.rateLimit = settings.schoology.rateLimit
            if let state = try openState(settings.name, loaded, .readOnly) {
                defer { state.close() }
                facts = try state.reading { tx in
                    var filled = facts
                    try tx.reportFacts(
                        &filled, from: calendar.start(of: first), now: now,
                        silence: Vigil.limit(settings.clever.pollInterval), dayOf: calendar.day(of:))
                    return filled
                }
            } else {
                facts.hasState = false
            }
            subjects.append(.init(facts: facts, offset: calendar.offset(at:)))
        }
        let page = Array(ReportPage(subjects, made: now, version: Version.current).html.utf8)
        do {
            try PrivateFile.replace(html, with: page)
        } catch {
            Terminal.complain(
                "\(html) can't be written: \(error)\n  to mend it: name a file in a folder that this user may write to")
            throw ExitStatus.operatorMustAct.exitCode
        }
        guard !options.json else {
            return try Terminal.say(
                json: ReportDocument(file: html, bytes: page.count, districts: subjects.map(\.facts.name)))
        }
        Terminal.say(
            "\(html) written (\(page.count / 1024) KB, mode 0600): it holds attendance records, keep it private.")
    }
}

/// `report --json`.
struct ReportDocument: Encodable {
    var version = 1
    var file: String
    var bytes: Int
    var districts: [String]
}
