import AttendanceCore

/// What is known of a state that was restored from a backup: its base is that of the backup, and both sides have been
/// written since by a state that is gone.
public struct RestoredBase: Sendable, Equatable {
    /// The name that conflicts have in the place of a policy, where nobody can tell any more who changed a mark last.
    public static let policy = "restore"

    public var at: Timestamp
    public var backupAt: Timestamp
    /// Until when the state that was replaced was kept up; the backup's time, where there was none.
    public var lostAt: Timestamp

    /// Clocks of two machines.
    private static let skew = Span.minutes(5)

    /// Whether the base can't tell which side changed a mark, so that writing either could undo somebody's edit.
    ///
    /// What Clever hasn't changed since the backup is merged like anything else: nothing was brought to Schoology since,
    /// and nothing came back. An edit of the office's after the loss was not brought to Schoology either; it is believed
    /// where Schoology still shows the base, and where Clever wins in any case.
    public func isInDoubt(_ input: MergeInput, policy: ConflictPolicy) -> Bool {
        guard input.clever != input.schoology, let modified = input.cleverModified, modified > backupAt - Self.skew
        else { return false }
        guard modified > lostAt else { return true }
        if input.schoology == input.base { return false }
        return input.clever == input.base || policy != .clever
    }
}

extension Transaction {
    /// Nil where the state was never restored.
    public func restoredBase() throws -> RestoredBase? {
        guard let at = try number(.restoredAt), let from = try number(.restoredFrom) else { return nil }
        return RestoredBase(
            at: Timestamp(milliseconds: at), backupAt: Timestamp(milliseconds: from),
            lostAt: Timestamp(milliseconds: max(try number(.restoredLostAt) ?? from, from)))
    }

    /// Whether the section's window was read whole since the restore.
    public func isUnread(section: Int64) throws -> Bool {
        try row("SELECT read_at FROM section WHERE id = ?", [section])?[0] as Int64? == nil
    }
}
