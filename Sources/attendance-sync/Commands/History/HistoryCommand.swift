import ArgumentParser
import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "The audit trail: who changed what, when, from what, to what; and whether anybody tampered with it.",
        discussion: """
            Oldest first. --verify goes through the chain of digests instead: it exits 0 where every line stands as it \
            was written, and says the newest digest; note that down elsewhere. Later, --verify --noted DIGEST also \
            tells whether that line still stands. It exits 1 where a line was changed, added or taken out.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "Only what happened from this date on, 00:00 in the district's time zone.") var since: String?
    @Option(help: "Only this student.") var student: String?
    @Option(help: "Only this section.") var section: String?
    @Flag(help: "Check that the trail is whole, and print nothing of it.") var verify = false
    @Option(help: "With --verify: a digest that an earlier --verify printed.") var noted: String?

    func validate() throws {
        if let since { _ = try DayArgument.day(since, "--since") }
        if verify, since != nil || student != nil || section != nil {
            throw ValidationError("--verify is about the whole trail: leave out --since, --student and --section.")
        }
        if noted != nil, !verify { throw ValidationError("--noted goes with --verify.") }
        if let noted, noted.count != 64 || !noted.allSatisfy(\.isHexDigit) {
            throw ValidationError("--noted wants a digest as `history --verify` prints it: 64 characters, 0-9 and a-f.")
        }
    }

    func run() async throws {
        let loaded = try options.load(secrets: false)
        if verify { return try HistoryVerification(options: options, loaded: loaded, noted: noted).run() }
        let names = [student, section].compactMap(\.self)
        let districts = try names.isEmpty ? options.districts(loaded) : [options.theDistrict(loaded)]
        var output = HistoryOutput(json: options.json, showsDistrict: districts.count > 1)
        for settings in districts {
            guard let state = try openState(settings.name, loaded, .readOnly) else { continue }
            let filter = try filter(settings, state)
            try output.write(settings, state, filter)
        }
        output.end()
    }

    private func filter(_ settings: DistrictSettings, _ state: SyncState) throws -> AuditFilter {
        var filter = AuditFilter()
        filter.since = try since.map { DistrictCalendar(settings).start(of: try DayArgument.day($0, "--since")) }
        try state.reading { tx in
            filter.student = try student.flatMap { try tx.student(named: $0) }
            filter.section = try section.flatMap { try tx.section(named: $0) }
        }
        for (noun, name, found) in [("student", student, filter.student), ("section", section, filter.section)] {
            guard let name, found == nil else { continue }
            Terminal.complain(
                "\(settings.name) knows no \(noun) \(name); ids are Clever's, as `outbox list`, `unmatched` and the log show them"
            )
            throw ExitStatus.usage.exitCode
        }
        return filter
    }
}

/// Prints lines of the audit trail as they are read.
struct HistoryOutput {
    /// Read at a time: a view of the state isn't held open while somebody looks at them in a pager.
    private static let piece = 2000

    private let json: Bool
    private let showsDistrict: Bool
    private var table: LongTable
    private var count = 0

    init(json: Bool, showsDistrict: Bool) {
        self.json = json
        self.showsDistrict = showsDistrict
        let id = "67f42053f1423244000e8011"
        table = LongTable(
            (showsDistrict ? [("DISTRICT", "")] : []) + [
                ("WHEN", "2026-11-20T15:02:11.480Z"), ("CYCLE", "100000"), ("DATE", "2026-11-20"), ("STUDENT", id),
                ("SECTION", id), ("WRITTEN TO", ""), ("FROM", "excused"), ("TO", "excused"), ("CAUSE", ""),
            ])
        if json { write("{\n  \"history\" : [") }
    }

    mutating func write(_ settings: DistrictSettings, _ state: SyncState, _ filter: AuditFilter) throws {
        var last: Int64 = 0
        while true {
            let entries = try state.reading { try $0.auditEntries(filter, after: last, limit: Self.piece) }
            guard let newest = entries.last else { return }
            last = newest.id
            var text = ""
            for entry in entries {
                let row = HistoryRow(settings.name, entry)
                text += try json ? (count > 0 ? "," : "") + "\n    " + row.json : line(row) + "\n"
                count += 1
            }
            write(text)
            guard entries.count == Self.piece else { return }
        }
    }

    private mutating func line(_ row: HistoryRow) -> String {
        var line = ""
        if count == 0 {
            line +=
                table.line(
                    (showsDistrict ? ["DISTRICT"] : [])
                        + ["WHEN", "CYCLE", "DATE", "STUDENT", "SECTION", "WRITTEN TO", "FROM", "TO", "CAUSE"]) + "\n"
        }
        return line
            + table.line(
                (showsDistrict ? [row.district] : []) + [
                    row.at, String(row.cycle), row.date, row.cleverStudentID, row.cleverSectionID,
                    row.side ?? "neither", row.from, row.to, row.cause,
                ])
    }

    func end() {
        if json { return write("\n  ],\n  \"version\" : 1\n}\n") }
        if count == 0 { Terminal.say("Nothing was changed.") }
    }

    private func write(_ text: String) {
        Terminal.write(Data(text.utf8))
    }
}

/// One line of the audit trail.
struct HistoryRow: Encodable {
    var district: String
    var line: Int64
    var at: String
    var cycle: Int64
    var cleverStudentID: String
    var cleverSectionID: String
    var schoologySectionID: String?
    var date: String
    var side: String?
    var from: String
    var to: String
    var by: String?
    var cause: String

    init(_ district: String, _ entry: AuditEntry) {
        self.district = district
        line = entry.id
        at = entry.at.description
        cycle = entry.cycle
        cleverStudentID = entry.cleverStudent
        cleverSectionID = entry.cleverSection
        schoologySectionID = entry.schoologySection.map(String.init)
        date = entry.day.description
        side = entry.side?.rawValue
        from = entry.was.description
        to = entry.now.description
        by = AuditAuthor.of(entry.cause)
        cause = entry.cause
    }

    enum CodingKeys: String, CodingKey {
        case district, line, at, cycle
        case cleverStudentID = "clever_student_id"
        case cleverSectionID = "clever_section_id"
        case schoologySectionID = "schoology_section_id"
        case date, side, from, to, by, cause
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}
