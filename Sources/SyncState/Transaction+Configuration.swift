import AttendanceCore
import GRDB

/// What the state remembers of the configuration that it was decided under.
extension Transaction {
    /// What is stored is to be decided anew, under a configuration that means something else by it: every record, and
    /// Clever's whole window is read again, as records that said "present" take no row. Every match is made again, with
    /// what Schoology has for it.
    public func reopenEverything() throws {
        try run("UPDATE section SET needs_lookup = 1")
        try run("UPDATE student SET needs_lookup = 1")
        try set(.overridesDigest, text: nil)
        try run("UPDATE clever_record SET state = 1, reason = NULL")
        for setting in [StateSetting.watermark, .fullScanWatermark, .lastFullScanDay] { try set(setting, nil) }
        try run("DELETE FROM scan")
        try run("DELETE FROM scan_unit")
    }

    /// What was decided and not sent is judged once more by the valve, but for what an operator decided.
    public func judgeEverythingAnew() throws {
        try run(
            """
            UPDATE outbox SET held = NULL
            WHERE held = 0 AND state <> 3 AND NOT put_back AND cause NOT LIKE '\(OutboxItem.operatorCause)%'
            """)
        try run("DELETE FROM passed")
    }

    /// From here on the configuration in force is the one that nothing is held for.
    public func acceptConfiguration() throws {
        guard let applied = try text(.appliedFingerprint) else { return }
        try set(.fingerprint, text: applied)
        try set(.appliedFingerprint, text: nil)
        try set(.appliedAt, nil)
    }

    /// Whether every section in scope has been read back since.
    public func hasReadAllSections(since time: Timestamp, schools: [Int64], now: Timestamp) throws -> Bool {
        try sectionsToRead(schools: schools, triggeredBy: time, now: now).allSatisfy {
            $0.readAt.map { $0 >= time } ?? false
        }
    }
}
