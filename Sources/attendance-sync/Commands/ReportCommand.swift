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
        transform: { text in
            guard let day = Day(text) else { throw ValidationError("a day is YYYY-MM-DD") }
            return day
        })
    var since: Day?

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let now = Timestamp.current
        var subjects: [ReportPage.Subject] = []
        for settings in try options.districts(loaded) {
            let zone = TimeZone(identifier: settings.timezone) ?? .gmt
            let offset: (Timestamp) -> Span = { time in
                .seconds(Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))))
            }
            let today = (now + offset(now)).day
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
                // Midnight in the district: the offset then is that of a moment close by, but for a change of the clocks.
                let midnight = Timestamp(seconds: Int64(first.number) * 86_400)
                let from = midnight - offset(midnight - offset(midnight))
                facts = try state.reading { tx in
                    var filled = facts
                    try tx.reportFacts(
                        &filled, from: from, now: now,
                        silence: max(settings.clever.pollInterval * 3, .minutes(15)),
                        dayOf: { ($0 + offset($0)).day })
                    return filled
                }
            } else {
                facts.hasState = false
            }
            subjects.append(.init(facts: facts, offset: offset))
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
