/// What a cycle did, in numbers: the fields of `cycle.finished`, and of `once --json`.
public struct CycleCounts: Sendable, Equatable {
    public var cleverRequests = 0
    public var schoologyRequests = 0
    public var pages = 0
    public var records = 0
    /// Records that were new or newer than what was stored.
    public var changed = 0
    public var quarantined = 0
    /// Writes decided.
    public var decided = 0
    /// PUT requests.
    public var puts = 0
    /// Marks sent in them, tries counted one by one.
    public var sent = 0
    public var acknowledged = 0
    /// Keys whose two sides already agreed.
    public var healed = 0
    public var retried = 0
    public var rejected = 0
    public var unknown = 0
    public var conflicts = 0
    /// Sections whose attendance was read.
    public var sectionsRead = 0
    /// Rows of `attendance.csv` uploaded for the first time, and rows that Clever showed.
    public var uploaded = 0
    public var confirmed = 0

    public init() {}

    /// Name and value of each, in the order in which they are shown.
    public var fields: [(name: String, value: Int)] {
        [
            ("clever_requests", cleverRequests), ("schoology_requests", schoologyRequests), ("pages", pages),
            ("records", records), ("changed", changed), ("quarantined", quarantined), ("decided", decided),
            ("puts", puts), ("sent", sent), ("acknowledged", acknowledged), ("healed", healed),
            ("retried", retried), ("rejected", rejected), ("unknown", unknown), ("conflicts", conflicts),
            ("sections_read", sectionsRead), ("rows_uploaded", uploaded), ("rows_confirmed", confirmed),
        ]
    }
}
