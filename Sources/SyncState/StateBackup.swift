import AttendanceCore
import GRDB
import Glibc

/// Copies a district's state into one file, with the daemon running.
public struct StateBackup {
    /// What a backup holds.
    public struct Content: Sendable, Equatable {
        public var bytes: Int
        public var lastCycle: StoredCycle?
        public var auditLines: Int
    }

    /// Why there is no backup.
    public enum Failure: Error, Sendable, Equatable {
        /// There is something of that name already.
        case exists(path: String)
        /// The state, or the disk that the backup is for.
        case state(StateError)
    }

    /// Copies `state` to `path` as it is at one instant. The file has its name only when it is whole and was looked
    /// through; mode 0600.
    ///
    /// One step of SQLite's backup API takes it all: with the WAL it holds up no writer, where several steps begin anew
    /// whenever somebody writes.
    public static func make(
        of state: SyncState, district: String, at path: String, now: Timestamp
    ) throws(Failure) -> Content {
        guard !PlainFile.exists(path) else { throw .exists(path: path) }
        let partial = "\(path).\(getpid()).part"
        PlainFile.remove(partial)
        defer { PlainFile.remove(partial) }
        do {
            try PlainFile.create(partial)
            let content = try copy(state, district, to: partial, now)
            try PlainFile.sync(partial)
            guard !PlainFile.exists(path) else { throw Failure.exists(path: path) }
            try PlainFile.rename(partial, to: path)
            return content
        } catch let failure as Failure {
            throw failure
        } catch let error as StateError {
            throw .state(error)
        } catch {
            throw .state(.from(error, path: path))
        }
    }

    private static func copy(
        _ state: SyncState, _ district: String, to path: String, _ now: Timestamp
    ) throws -> Content {
        let copy = try PlainFile.openDatabase(path)
        defer { try? copy.close() }
        try state.database.backup(to: copy)
        try PlainFile.makeOneFile(copy)
        try copy.write { db in
            let tx = Transaction(db: db)
            try tx.set(.backupDistrict, text: district)
            try tx.set(.backupAt, now.milliseconds)
        }
        return try copy.read { db in
            // The copy is page by page: what is wrong with it is wrong with the state.
            try PlainFile.check(db, path: state.path)
            let tx = Transaction(db: db)
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            return Content(
                bytes: pages * size, lastCycle: try tx.lastCycle(),
                auditLines: try tx.count("SELECT count(*) FROM audit")
            )
        }
    }
}
