@testable import Sandbox

/// A sandbox with a secondary and an elementary school, and the words to write `attendance.csv` about it.
struct IngestionBench {
    static let header = AttendanceColumn.allCases.map { $0.names[0] }.joined(separator: ",")

    let bench: Bench
    /// A student of the secondary school, in a section.
    let pair: SandboxPair
    let ids: SandboxSISIDs
    /// Another section of the same student.
    let otherSection: String
    /// A student of the elementary school.
    let child: String
    let childIDs: SandboxSISIDs

    init(configure: (inout SandboxSettings) -> Void = { _ in }) async throws {
        bench = try await Bench(configure: configure)
        let sandbox = bench.sandbox
        let records = sandbox.cleverRecords(from: Bench.today, to: Bench.today, includingPresent: true)
        let periods = records.filter { $0.section != nil }
        let student = periods[0].student
        pair = try sandbox.counterpart(student: student, section: periods[0].section!)!
        otherSection = periods.first { $0.student == student && $0.section != periods[0].section }!.section!
        ids = try sandbox.sisIDs(student: student, section: pair.cleverSection)
        child = records.first { $0.section == nil }!.student
        childIDs = try sandbox.sisIDs(student: child, section: nil)
        // What these tests start from: everyone present, with an id of the record.
        for section in [pair.cleverSection, otherSection] {
            try sandbox.setCleverRecord(
                student: student, section: section, date: Bench.today, status: "present", sisID: "r-\(section)")
        }
        try sandbox.setCleverRecord(student: child, section: nil, date: Bench.today, status: "present", sisID: "r-d")
        bench.time.advance(milliseconds: 60_000)
    }

    var sandbox: LocalSandbox { bench.sandbox }

    /// The row of `pair`'s record, in the documented order; nil fields are the right ones.
    func row(
        student: String? = nil, school: String? = nil, section: String? = nil, date: String = "2026-01-14",
        type: String = "section", status: String = "absent", code: String = "", record: String = ""
    ) -> String {
        [
            student ?? ids.student, school ?? ids.school, section ?? ids.section!, date, type, status, code, record,
        ].joined(separator: ",")
    }

    func dailyRow(status: String = "absent", code: String = "", record: String = "", section: String = "") -> String {
        row(
            student: childIDs.student, school: childIDs.school, section: section, type: "daily", status: status,
            code: code, record: record)
    }

    func file(_ rows: String..., end: String = "\n") -> String {
        ([Self.header] + rows).map { $0 + end }.joined()
    }

    func record() throws -> CleverRecord {
        try sandbox.cleverRecord(student: pair.cleverStudent, section: pair.cleverSection, date: Bench.today)!
    }
}
