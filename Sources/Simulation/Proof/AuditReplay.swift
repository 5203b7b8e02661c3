import AttendanceCore
import SyncState

/// Goes through the audit trail of one mark, and keeps what it says that both sides have agreed on.
struct AuditReplay {
    /// After a write to Schoology both may be the base: an operator's decision has to reach Clever too.
    private(set) var bases: Set<Status> = [.present]
    /// What the trail says was brought to each side.
    private(set) var brought: [Side: Set<Status>] = [:]
    /// Whether a write to Schoology has a policy or an operator for its cause.
    private(set) var hasDecidedWrite = false
    private(set) var last: Status?
    /// The first line that doesn't follow from those before it.
    private(set) var objection: String?

    init(_ trail: [AuditLine]) {
        for line in trail { take(line) }
    }

    private mutating func take(_ line: AuditLine) {
        switch line.side {
        case .clever:
            // A row that was sent. Clever takes it in its own time, and then it is confirmed.
            brought[.clever, default: []].insert(line.now)
        case .schoology:
            brought[.schoology, default: []].insert(line.now)
            if line.cause.hasPrefix("policy:") || OutboxItem.isOperators(line.cause) {
                hasDecidedWrite = true
            }
            bases.insert(line.now)
            last = line.now
        case nil where OutboxItem.isOperators(line.cause) || line.cause.hasPrefix("outlived"):
            if !line.cause.hasPrefix("operator dropped") { last = line.now }
        case nil:
            if !bases.contains(line.was), objection == nil {
                objection = "a line begins with \(line.was), after \(bases.map { "\($0)" }.sorted())"
            }
            bases = [line.now]
            brought[.clever, default: []].insert(line.now)
            last = line.now
        }
    }
}
