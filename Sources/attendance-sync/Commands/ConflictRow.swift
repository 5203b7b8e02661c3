import AttendanceCore
import SyncState

/// One line of the conflict log, as the commands show it.
struct ConflictRow: Encodable {
    var id: Int64
    var district: String
    var state: String
    var cleverStudentID: String
    var cleverSectionID: String
    var schoologySectionID: String?
    var enrollmentID: String?
    var date: String
    /// As they were when the conflict was seen.
    var base: String
    var clever: String
    var schoology: String
    var cleverModified: String?
    var schoologySeen: String?
    var policy: String
    var outcome: String
    var detected: String
    var cycle: Int64
    var resolved: String?
    var resolvedBy: String?
    var reason: String?
    var decision: String?

    init(_ settings: DistrictSettings, _ conflict: StoredConflict, _ tx: Transaction) throws {
        let detail = try tx.keyDetail(conflict.key, daily: settings.clever.daily)
        id = conflict.id
        district = settings.name
        state =
            switch conflict.state {
            case .open: "open"
            case .decided: "decided"
            case .dissolved: "dissolved"
            }
        cleverStudentID = detail.cleverStudent
        cleverSectionID = detail.cleverSection
        schoologySectionID = detail.schoologySection.map(String.init)
        enrollmentID = detail.enrollment.map(String.init)
        date = conflict.key.day.description
        base = conflict.base.description
        clever = conflict.clever.description
        schoology = conflict.schoology.description
        cleverModified = conflict.cleverModified?.description
        schoologySeen = conflict.schoologySeen?.description
        policy = conflict.policy
        outcome = conflict.outcome
        detected = conflict.detected.description
        cycle = conflict.cycle
        resolved = conflict.resolved?.description
        resolvedBy = conflict.resolvedBy
        reason = conflict.reason
        decision = conflict.decision?.description
    }

    enum CodingKeys: String, CodingKey {
        case id, district, state
        case cleverStudentID = "clever_student_id"
        case cleverSectionID = "clever_section_id"
        case schoologySectionID = "schoology_section_id"
        case enrollmentID = "enrollment_id"
        case date, base, clever, schoology
        case cleverModified = "clever_modified"
        case schoologySeen = "schoology_seen"
        case policy, outcome, detected, cycle, resolved
        case resolvedBy = "resolved_by"
        case reason, decision
    }

    /// One screen.
    var text: String {
        var lines = ["conflict \(id) in \(district): \(state)"]
        func line(_ name: String, _ value: String?) {
            guard let value else { return }
            lines.append("  " + name.padding(toLength: 20, withPad: " ", startingAt: 0) + value)
        }
        line("date", date)
        line("student", "\(cleverStudentID) in Clever" + (enrollmentID.map { ", enrollment \($0) in Schoology" } ?? ""))
        line(
            "section",
            "\(cleverSectionID) in Clever" + (schoologySectionID.map { ", \($0) in Schoology" } ?? ""))
        line("agreed on last", base)
        line("Clever said", clever + (cleverModified.map { ", modified \($0)" } ?? ""))
        line("Schoology said", schoology + (schoologySeen.map { ", edit seen \($0)" } ?? ""))
        line("detected", "\(detected), cycle \(cycle)")
        line("policy", policy)
        line("outcome", outcome)
        line(
            state == "dissolved" ? "dissolved" : "decided", resolved.map { $0 + (resolvedBy.map { " by \($0)" } ?? "") }
        )
        line("reason", reason)
        if state == "open" {
            lines.append("")
            let choice = "--take clever|schoology|STATUS --by NAME --reason TEXT"
            lines.append("Decide it: " + typed("conflicts resolve \(id) --district \(district) \(choice)"))
        }
        return lines.joined(separator: "\n")
    }
}

/// `conflicts list --json`, `conflicts resolve --json`.
struct ConflictsDocument: Encodable {
    var version = 1
    var conflicts: [ConflictRow]
}

/// `conflicts show --json`.
struct ConflictDocument: Encodable {
    var version = 1
    var conflict: ConflictRow
}
