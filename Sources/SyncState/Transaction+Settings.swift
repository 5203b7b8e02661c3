import AttendanceCore
import GRDB

/// The single values of a district's state.
public enum StateSetting: String, Sendable, CaseIterable {
    /// `last_attendance_sync` whose window was read whole and decided, in milliseconds.
    case watermark
    /// The watermark up to which the whole lookback was read.
    case fullScanWatermark = "full_scan_watermark"
    /// The last local day on which the whole lookback was scanned, as a day number.
    case lastFullScanDay = "last_full_scan_day"
    /// Clever's roster, last read whole.
    case cleverRosterAt = "clever_roster_at"
    /// Schoology's side of the match, last asked whole.
    case schoologyRosterAt = "schoology_roster_at"
    /// A refresh of everything on Schoology's side that has begun and not ended.
    case schoologyRosterBegunAt = "schoology_roster_begun_at"
    /// The refresh whose rows are the roster.
    case rosterGeneration = "roster_generation"
    /// Set when a record named a student or section that no roster has shown yet.
    case rosterWanted = "roster_wanted"
    /// A digest of the overrides file that the matches were made with.
    case overridesDigest = "overrides_digest"
    /// The overrides file as it was when it could last be read, and what is wrong with it now.
    case overridesText = "overrides_text"
    case overridesProblem = "overrides_problem"
    /// A digest of the part of the configuration that decisions depend on.
    case fingerprint
    /// Clever's `state` of the district.
    case districtState = "district_state"
    /// Schoology's credits spent in the window that ended at `schoologySpentAt`.
    case schoologySpent = "schoology_spent"
    case schoologySpentAt = "schoology_spent_at"
    /// When a trigger last came.
    case triggeredAt = "triggered_at"
    case cleverRefusedAt = "clever_refused_at"
    case schoologyRefusedAt = "schoology_refused_at"
    /// `attendance.csv`: when it was last uploaded, and since when its server refuses the credential.
    case csvUploadedAt = "csv_uploaded_at"
    case csvRefusedAt = "csv_refused_at"
    /// The file on the server carries a row that must not be read again: it was dropped, or the office has changed
    /// the mark since Clever took it.
    case csvIsOutdated = "csv_is_outdated"
    /// Why the last upload failed; nothing once one has succeeded.
    case csvProblem = "csv_problem"
    /// An operator's pause: until when (nothing: until it is taken back), since when, by whom and why.
    case pausedUntil = "paused_until"
    case pausedAt = "paused_at"
    case pausedBy = "paused_by"
    case pauseReason = "pause_reason"
    /// Something has been written, or a first batch was decided: the district isn't new any more.
    case isEstablished = "is_established"
    /// The configuration under which what is stored was decided, while it isn't the accepted one (`fingerprint`).
    case appliedFingerprint = "applied_fingerprint"
    case appliedAt = "applied_at"
    /// The digest of the newest line of the audit trail that was purged.
    case auditAnchor = "audit_anchor"
    /// When old rows were last purged.
    case purgedAt = "purged_at"
    /// In a backup alone: the district it is of, and when it was made.
    case backupDistrict = "backup_district"
    case backupAt = "backup_at"
    /// The state was restored, from a backup of then; and until when the state that it replaced was kept up, as far as
    /// that is known. See ``RestoredBase``.
    case restoredAt = "restored_at"
    case restoredFrom = "restored_from"
    case restoredLostAt = "restored_lost_at"
}

extension Transaction {
    public func number(_ setting: StateSetting) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM setting WHERE name = ?"), arguments: [setting.rawValue])
    }

    public func text(_ setting: StateSetting) throws -> String? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM setting WHERE name = ?"), arguments: [setting.rawValue])
    }

    public func set(_ setting: StateSetting, _ value: Int64?) throws { try store(setting, value.databaseValue) }

    public func set(_ setting: StateSetting, text: String?) throws { try store(setting, text.databaseValue) }

    private func store(_ setting: StateSetting, _ value: DatabaseValue) throws {
        try run(
            "INSERT INTO setting(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            [setting.rawValue, value])
    }

    /// Schoology's credits that are spent, or about to be.
    public func storeSpending(_ credits: Int, at now: Timestamp) throws {
        try set(.schoologySpent, Int64(credits))
        try set(.schoologySpentAt, now.milliseconds)
    }
}
