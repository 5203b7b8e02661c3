import AttendanceCore
import Foundation

/// A plan as a person reads it: school by school, section by section, each mark with its reason.
enum PlanText {
    static func of(_ district: PlanDocument.District, rateLimit: RateLimit) -> String {
        var lines: [String] = []
        let schoology = district.writes.count { $0.side == Side.schoology.rawValue }
        let clever = district.writes.count - schoology
        lines.append(
            "\(district.district): \(Words.count(schoology, "mark")) to Schoology and \(Words.count(clever, "row")) to Clever "
                + "would be written")
        lines += schools(district.writes, last: "REASON") { reason($0) }
        if !district.waiting.isEmpty {
            lines += ["", "Decided, and not written with this cycle:"]
            lines += schools(district.waiting, last: "WHY IT WAITS") { $0.waitsFor ?? "" }
        }
        lines += ["", "Requests: " + requests(district.requests, rateLimit)]
        for failure in district.failures {
            lines += ["", "NOT COMPLETE: \(failure.reason)", "  to mend it: \(failure.repair)"]
        }
        return lines.joined(separator: "\n")
    }

    private static func requests(_ requests: PlanDocument.Requests, _ limit: RateLimit) -> String {
        let time = Words.length(.milliseconds(Int64(requests.seconds * 1000)))
        return
            "\(Words.count(requests.puts, "PUT")) and \(Words.count(requests.schoologyReads, "read")) at Schoology, about "
            + "\(time) at \(limit.credits) credits / \(limit.window)"
            + (requests.uploads > 0 ? "; one upload of attendance.csv" : "")
    }

    private static func schools(
        _ writes: [PlanDocument.Write], last: String, _ text: (PlanDocument.Write) -> String
    ) -> [String] {
        var lines: [String] = []
        let bySchool = Dictionary(grouping: writes) { $0.cleverSchoolID ?? "unknown" }
        for (school, writes) in bySchool.sorted(by: { $0.key < $1.key }) {
            lines += ["", "school \(school): \(Words.count(writes.count, "change"))"]
            var table = Table(["SECTION", "DATE", "STUDENT", "SIDE", "FROM", "TO", "BASE", "CLEVER", "SCHOOLOGY", last])
            for write in writes.sorted(by: { order($0) < order($1) }) {
                table.add([
                    write.cleverSectionID, write.date, write.cleverStudentID, write.side, write.from, write.to,
                    write.base, write.clever, write.schoology, text(write),
                ])
            }
            lines.append(table.text)
        }
        return lines
    }

    private static func order(_ write: PlanDocument.Write) -> [String] {
        [write.cleverSectionID, write.date, write.cleverStudentID, write.side]
    }

    /// Who decided it, in words.
    private static func reason(_ write: PlanDocument.Write) -> String {
        switch write.reason {
        case "clever": "the office changed it"
        case "clever daily": "the office's daily record"
        case "schoology": "a teacher changed it"
        case let reason where reason.hasPrefix("policy:"): "a conflict, decided by \(reason)"
        case let reason: reason
        }
    }
}

extension [String] {
    fileprivate static func < (left: [String], right: [String]) -> Bool { left.lexicographicallyPrecedes(right) }
}
