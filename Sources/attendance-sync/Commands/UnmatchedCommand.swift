import ArgumentParser
import AttendanceCore
import Foundation
import Operations
import SyncState

struct UnmatchedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unmatched",
        abstract: "Students and sections found on one side only, and why each failed to match.",
        discussion: """
            With --csv the Clever side is written as a template: fill in schoology_id and name the file as \
            overrides_file.
            """)

    @OptionGroup var options: GlobalOptions
    @Option(help: "Write a template for overrides_file here.", completion: .file(extensions: ["csv"]))
    var csv: String?

    func run() async throws {
        let loaded = try options.load(secrets: false)
        let districts = try options.districts(loaded)
        guard csv == nil || districts.count == 1 else {
            Terminal.complain("--csv is for one district: add --district NAME")
            throw ExitStatus.usage.exitCode
        }
        var rows: [UnmatchedRow] = []
        for settings in districts {
            guard let state = try openState(settings.name, loaded, .readOnly) else {
                if !options.json { Terminal.say("\(settings.name): no cycle has run yet") }
                continue
            }
            rows += try state.reading { try $0.unmatched() }.map { UnmatchedRow(settings.name, $0) }
        }
        if let csv { try write(rows, to: csv) }
        if options.json { return try Terminal.say(json: UnmatchedDocument(unmatched: rows)) }
        guard csv == nil else { return }
        guard !rows.isEmpty else { return Terminal.say("Everything is matched.") }
        var table = Table(["DISTRICT", "KIND", "ON", "ID", "RECORDS", "WHY"])
        for row in rows { table.add([row.district, row.kind, row.side, row.id, String(row.records), row.reason]) }
        Terminal.say(table.text)
        Terminal.say(
            "\nRECORDS is how many attendance records wait for it. They are tried again with each roster refresh and "
                + "each change of overrides_file.")
    }

    private func write(_ rows: [UnmatchedRow], to path: String) throws {
        // It may be the overrides in force, whose lines are matched and not in the list any more.
        guard (FileManager.default.contents(atPath: path) ?? Data()).isEmpty else {
            Terminal.complain(
                "\(path) exists, and is not overwritten: its lines may be in force\n  to mend it: name another file, and add its "
                    + "lines to overrides_file")
            throw ExitStatus.usage.exitCode
        }
        var lines = ["kind,clever_id,schoology_id,reason"]
        for row in rows where row.side == Side.clever.rawValue && row.kind != Unmatched.Kind.enrollment.rawValue {
            lines.append("\(row.kind),\(row.id),,\"\(row.reason.replacing("\"", with: "\"\""))\"")
        }
        do {
            try PrivateFile.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
        } catch {
            Terminal.complain("\(path) can't be written: \(error)")
            throw ExitStatus.operatorMustAct.exitCode
        }
        guard !options.json else { return }
        Terminal.say(
            "\(Words.count(lines.count - 1, "line")) written to \(path)\nFill in schoology_id where you know it; a line without one "
                + "is passed over. Then put the lines into the file that overrides_file names, which the service must be able "
                + "to read (mode 0644).")
    }
}

/// One row of `unmatched`.
struct UnmatchedRow: Encodable {
    var district: String
    var kind: String
    var side: String
    var cleverStudentID: String?
    var cleverSectionID: String?
    var schoologyID: String?
    var reason: String
    var records: Int

    var id: String {
        schoologyID ?? [cleverSectionID, cleverStudentID].compactMap(\.self).joined(separator: "/")
    }

    init(_ district: String, _ unmatched: Unmatched) {
        self.district = district
        kind = unmatched.kind.rawValue
        side = unmatched.side.rawValue
        cleverStudentID = unmatched.cleverStudent
        cleverSectionID = unmatched.cleverSection
        schoologyID = unmatched.schoologyID.map(String.init)
        reason = unmatched.reason
        records = unmatched.records
    }

    enum CodingKeys: String, CodingKey {
        case district, kind, side
        case cleverStudentID = "clever_student_id"
        case cleverSectionID = "clever_section_id"
        case schoologyID = "schoology_id"
        case reason, records
    }
}

/// `unmatched --json`.
struct UnmatchedDocument: Encodable {
    var version = 1
    var unmatched: [UnmatchedRow]
}
