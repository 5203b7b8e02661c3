import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop writing for a district. Both sides are still read, and what is decided waits.",
        discussion: """
            Kept across restarts, until `resume` or the time of --until. A write that is in flight just now is finished.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(
        help: """
            When it ends by itself: 2026-08-15 (the beginning of that day in the district's time zone), \
            2026-08-15T07:00:00Z, or a duration such as 90m, 8h or 3d. Default: never.
            """)
    var until: String?
    @Option(help: "Why; shown by `status` and in the log.") var reason: String?
    @Option(help: "Who pauses it. Default: the user that runs the command.") var by: String?

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let now = Timestamp.current
        let by = Operator.name(by)
        var pauses: [String: Pause] = [:]
        for settings in try options.districts(loaded) {
            let end = try end(now: now, DistrictCalendar(settings))
            pauses[settings.name] = Pause(since: now, until: end, by: by, reason: reason)
        }
        try changePauses(options, loaded) { pauses[$0.name] }
    }

    private func end(now: Timestamp, _ calendar: DistrictCalendar) throws -> Timestamp? {
        guard let until else { return nil }
        guard let time = PauseEnd.time(until, now: now, calendar) else {
            Terminal.complain(
                "--until \(until): neither a date (2026-08-15), a time (2026-08-15T07:00:00Z) nor a duration (8h, 3d)")
            throw ExitStatus.usage.exitCode
        }
        guard time > now else {
            Terminal.complain("--until \(until): that is over already")
            throw ExitStatus.usage.exitCode
        }
        return time
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Write again for a district that was paused. What was decided meanwhile goes now.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let loaded = try options.load(secrets: false)
        try changePauses(options, loaded) { _ in nil }
    }
}

/// When a pause ends.
enum PauseEnd {
    /// - Returns: nil where the text says no time.
    static func time(_ text: String, now: Timestamp, _ calendar: DistrictCalendar) -> Timestamp? {
        if let span = Span(text) { return span > .zero ? now + span : nil }
        if let day = Day(text) { return calendar.start(of: day) }
        if let time = Timestamp(text) { return time }
        // With another offset than Z.
        let formatter = ISO8601DateFormatter()
        guard let date = formatter.date(from: text) else { return nil }
        return Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
    }
}

/// Changes the pause of the districts named, and tells their daemon.
private func changePauses(
    _ options: GlobalOptions, _ loaded: LoadedConfiguration,
    _ wanted: (DistrictSettings) -> Pause?
) throws {
    var rows: [PauseDocument.District] = []
    for settings in try options.districts(loaded) {
        guard let state = try openState(settings.name, loaded, .shared) else {
            Terminal.complain("\(settings.name): no cycle has run yet, so there is nothing to pause")
            throw ExitStatus.usage.exitCode
        }
        let pause = wanted(settings)
        let was = try state.transaction { tx in
            let was = try tx.pause(now: .current)
            try tx.set(pause)
            return was
        }
        let news = pause == nil ? RunningDaemon.tell(settings.name, loaded) : ""
        rows.append(PauseDocument.District(settings.name, pause))
        guard !options.json else { continue }
        if let pause {
            Terminal.say(
                "\(settings.name): paused until \(pause.until?.description ?? "`\(typed("resume"))`")"
                    + (pause.reason.map { " (\($0))" } ?? ""))
        } else {
            Terminal.say(was == nil ? "\(settings.name): was not paused" : "\(settings.name): resumed. \(news)")
        }
    }
    if options.json { try Terminal.say(json: PauseDocument(districts: rows)) }
}

/// `pause --json`, `resume --json`.
struct PauseDocument: Encodable {
    struct District: Encodable {
        var district: String
        var paused: Bool
        var since: String?
        var until: String?
        var by: String?
        var reason: String?

        init(_ district: String, _ pause: Pause?) {
            self.district = district
            paused = pause != nil
            since = pause?.since.description
            until = pause?.until?.description
            by = pause?.by
            reason = pause?.reason
        }
    }

    var version = 1
    var districts: [District]
}
