import AttendanceCore
import SyncState

/// A restored state: what can't be told from the backup's base is left to a person.
extension DistrictEngine {
    /// The cause of a row for Clever that was decided on the first reading after a restore, before Clever was asked for
    /// the record that it replaces.
    static let restoredCause = "schoology, since a restore"

    /// Clever has not been read to its end since the restore: what is stored of it may be long out of date.
    func awaitsFirstReading() throws -> Bool {
        try state.reading { tx in
            guard try tx.number(.watermark) == nil else { return false }
            return try tx.restoredBase() != nil
        }
    }

    /// Whether a write would rest on the backup's base where that can't tell who changed the mark last.
    ///
    /// It can't when a section is read for the first time after the restore. From then on the base is this state's own;
    /// only a conflict that was left open then stays open, until a side moves on.
    func restsOnDoubt(
        _ key: Key, _ input: MergeInput, _ outcome: MergeOutcome, row: OutboxItem?, _ tx: Transaction
    ) throws -> Bool {
        switch outcome {
        case .nothing, .heal, .drift, .conflict(.leave), .conflict(.hold): return false
        case .write, .conflict(.write): break
        }
        guard let restored = try tx.restoredBase(),
            restored.isInDoubt(input, policy: settings.conflicts.policy)
        else { return false }
        if try tx.isUnread(section: key.section) || row?.cause == Self.restoredCause { return true }
        guard let last = try tx.liveConflict(key) else { return false }
        return last.state == .open && last.policy == RestoredBase.policy && last.clever == input.clever
            && last.schoology == input.schoology
    }

    /// Who a row for Clever is to be put down to.
    func rowCause(_ key: Key, _ input: MergeInput, _ tx: Transaction) throws -> String {
        guard input.cleverModified == nil, try tx.restoredBase() != nil, try tx.isUnread(section: key.section) else {
            return "schoology"
        }
        return Self.restoredCause
    }
}
