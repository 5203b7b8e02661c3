import AttendanceCore
import GRDB
import Glibc

/// Puts a backup in the place of a district's state.
///
/// Everything that can go wrong goes wrong before the state is touched: the backup is copied beside it, looked through,
/// upgraded and prepared there. Then the state is kept under a dated name, and the copy takes its name in one step.
public struct StateRestore {
    /// Why nothing was restored. The state is as it was.
    public enum Failure: Error, Sendable, Equatable {
        case noFile(path: String)
        /// A SQLite file, but not one of this program's.
        case notAState(path: String)
        case otherDistrict(path: String, name: String?)
        case state(StateError)
    }

    public struct Report: Sendable, Equatable {
        /// When the backup was made: as it says itself, else the last thing that it knows of.
        public var backupAt: Timestamp
        /// False for a plain copy of a state, which says neither that nor which district it is of.
        public var isNamed: Bool
        public var lastCycle: StoredCycle?
        /// Where the state that was replaced is now; nil: there was none.
        public var replaced: String?
        /// The replaced state could not be read, so nothing was taken over from it.
        public var replacedIsDamaged: Bool
        /// The schema that the backup was of, if that is an older one.
        public var migratedFrom: String?
        public var isPaused: Bool
    }

    private let file: String
    private let path: String
    private let directory: String
    private let district: String

    /// - Parameters:
    ///   - file: the backup.
    ///   - directory: the state directory.
    public init(file: String, directory: String, district: String) {
        self.file = file
        self.directory = directory
        self.district = district
        path = "\(directory)/\(district).sqlite"
    }

    public func run(now: Timestamp) throws(Failure) -> Report {
        guard PlainFile.exists(file) else { throw .noFile(path: file) }
        do {
            try SyncState.makePrivateFolder(directory)
            let lockPath = "\(directory)/\(district).lock"
            let hadLock = PlainFile.exists(lockPath)
            let lock = try StateLock(path: lockPath)
            if !hadLock { try PlainFile.give(lockPath, toOwnerOf: directory) }
            let mask = umask(0o077)
            defer { umask(mask) }
            let prepared = path + ".restoring"
            PlainFile.remove(prepared)
            defer { PlainFile.remove(prepared) }
            var report = try copy(to: prepared)
            let live = try LiveState(path: path)
            report.replacedIsDamaged = live.isDamaged
            try refuseOtherDistrict(prepared, live)
            report = try prepare(prepared, live, report, now: now)
            try PlainFile.give(prepared, toOwnerOf: PlainFile.exists(path) ? path : directory)
            try PlainFile.sync(prepared)
            report.replaced = try live.keep(now: now)
            try PlainFile.rename(prepared, to: path)
            lock.establish()
            return report
        } catch let failure as Failure {
            throw failure
        } catch let error as StateError {
            throw .state(error)
        } catch {
            throw .state(.from(error, path: path))
        }
    }

    // MARK: The backup

    /// Copies the backup to where it is to be used, and looks it through there.
    private func copy(to prepared: String) throws -> Report {
        do {
            let source = try PlainFile.openDatabase(file, readonly: true)
            defer { try? source.close() }
            try PlainFile.create(prepared)
            let copy = try PlainFile.openDatabase(prepared)
            defer { try? copy.close() }
            try source.backup(to: copy)
            try PlainFile.makeOneFile(copy)
            return try copy.read { db in
                try PlainFile.check(db, path: file)
                let migrator = Migrations.all
                guard try db.tableExists("grdb_migrations"), try migrator.appliedMigrations(db).last != nil,
                    try db.tableExists("setting"), try db.tableExists("audit")
                else { throw Failure.notAState(path: file) }
                if try migrator.hasBeenSuperseded(db) { throw StateError.newerVersion(path: file) }
                let tx = Transaction(db: db)
                let from = try migrator.appliedMigrations(db).last
                let said = try tx.number(.backupAt)
                let lastKnown =
                    try tx.row(
                        """
                        SELECT max(coalesce((SELECT max(coalesce(finished, started)) FROM cycle), 0),
                            coalesce((SELECT max(at) FROM audit), 0))
                        """)?[0] as Int64?
                return Report(
                    backupAt: Timestamp(milliseconds: said ?? lastKnown ?? 0),
                    isNamed: try tx.text(.backupDistrict) != nil, lastCycle: try tx.lastCycle(), replaced: nil,
                    replacedIsDamaged: false, migratedFrom: from == SyncState.schemaVersion ? nil : from,
                    isPaused: false)
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            let reason = StateError.from(error, path: file)
            // What was full is the disk of the state, which the copy is on.
            throw Failure.state(reason.isDiskFull ? .diskFull(path: path) : reason)
        }
    }

    /// A backup says which district it is of. A plain copy doesn't: then its schools have to be those of the state
    /// that it replaces, where that can be read.
    private func refuseOtherDistrict(_ prepared: String, _ live: LiveState) throws {
        let copy = try PlainFile.openDatabase(prepared, readonly: true)
        defer { try? copy.close() }
        let (name, schools) = try copy.read { db in
            (
                try Transaction(db: db).text(.backupDistrict),
                try Set(String.fetchAll(db, sql: "SELECT clever_id FROM school"))
            )
        }
        if let name {
            guard name == district else { throw Failure.otherDistrict(path: file, name: name) }
        } else if !live.schools.isEmpty, !schools.isEmpty, live.schools.isDisjoint(with: schools) {
            throw Failure.otherDistrict(path: file, name: nil)
        }
    }

    private func prepare(
        _ prepared: String, _ live: LiveState, _ report: Report, now: Timestamp
    ) throws -> Report {
        var report = report
        let copy = try PlainFile.openDatabase(prepared)
        defer { try? copy.close() }
        try Migrations.all.migrate(copy)
        try copy.write { db in
            let tx = Transaction(db: db)
            try tx.beginAgain(backupAt: report.backupAt, lostAt: live.lastKept, now: now)
            try tx.takeOver(live.pause, numbers: live.numbers)
            report.isPaused = try tx.pause(now: now) != nil
        }
        // As the daemon will have it: one file with an empty WAL that goes away when this is closed.
        try copy.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            _ = try db.checkpoint(.truncate)
        }
        return report
    }
}

/// The state that is to be replaced, as far as it can be read.
private struct LiveState {
    let path: String
    var isDamaged = false
    var schools: Set<String> = []
    /// What an operator's pause says, and the newest numbers given out.
    var pause: [StateSetting: DatabaseValue] = [:]
    var numbers: [String: Int64] = [:]
    /// When it was last written to.
    var lastKept: Timestamp?

    private static let pauseSettings: [StateSetting] = [.pausedUntil, .pausedAt, .pausedBy, .pauseReason]

    /// - Throws: why it can't be asked, unless that is for being damaged.
    init(path: String) throws(StateError) {
        self.path = path
        lastKept = ["", "-wal"].compactMap { Self.modified(path + $0) }.max()
        guard PlainFile.exists(path) else { return }
        do {
            let database = try PlainFile.openDatabase(path, readonly: true)
            defer { try? database.close() }
            try database.read { db in
                schools = try Set(String.fetchAll(db, sql: "SELECT clever_id FROM school"))
                for setting in Self.pauseSettings {
                    pause[setting] =
                        try DatabaseValue.fetchOne(
                            db, sql: "SELECT value FROM setting WHERE name = ?", arguments: [setting.rawValue]) ?? .null
                }
                for row in try Row.fetchAll(db, sql: "SELECT name, seq FROM sqlite_sequence") {
                    numbers[row[0]] = row[1]
                }
            }
        } catch {
            let isForeign = (error as? DatabaseError)?.resultCode == .SQLITE_ERROR
            let reason = StateError.from(error, path: path)
            guard reason.isDamage || isForeign else { throw reason }
            isDamaged = true
        }
    }

    private static func modified(_ path: String) -> Timestamp? {
        var information = stat()
        guard stat(path, &information) == 0 else { return nil }
        return Timestamp(
            milliseconds: Int64(information.st_mtim.tv_sec) * 1000 + Int64(information.st_mtim.tv_nsec) / 1_000_000)
    }

    /// Keeps the state beside its place, under a dated name, whole: a stale WAL beside another file would be read into
    /// it.
    ///
    /// - Returns: where it is; nil where there is none.
    func keep(now: Timestamp) throws -> String? {
        let kept = Self.name(for: path, now)
        guard PlainFile.exists(path) else {
            if PlainFile.exists(path + "-wal") { try PlainFile.rename(path + "-wal", to: kept + "-wal") }
            unlink(path + "-shm")
            return nil
        }
        if try !isDamaged && foldWAL() {
            // It has both names until the new one takes its place, so that there is a state at every instant.
            if link(path, kept) == 0 {
                try PlainFile.sync(PlainFile.folder(of: kept))
                return kept
            }
        }
        try PlainFile.rename(path, to: kept)
        if PlainFile.exists(path + "-wal") { try PlainFile.rename(path + "-wal", to: kept + "-wal") }
        unlink(path + "-shm")
        return kept
    }

    /// - Returns: whether the one file is now everything.
    private func foldWAL() throws -> Bool {
        do {
            let database = try PlainFile.openDatabase(path)
            defer { try? database.close() }
            try PlainFile.makeOneFile(database)
            return true
        } catch {
            let reason = StateError.from(error, path: path)
            guard reason.isDamage else { throw reason }
            return false
        }
    }

    private static func name(for path: String, _ now: Timestamp) -> String {
        let stamp = now.description.filter { $0.isNumber || $0 == "T" }.prefix(15)
        let base = path.hasSuffix(".sqlite") ? String(path.dropLast(7)) : path
        var name = "\(base).replaced-\(stamp)Z.sqlite"
        var count = 2
        while PlainFile.exists(name) {
            name = "\(base).replaced-\(stamp)Z-\(count).sqlite"
            count += 1
        }
        return name
    }
}

extension Transaction {
    /// Makes a restored state one that may go on: what both sides did since is unknown.
    ///
    /// The base, the decisions of operators and the audit trail stay. Decided writes go, as they may have been
    /// delivered, or overtaken, since: the records behind them are decided anew. Clever is read again over the whole
    /// lookback, and nothing of Schoology's is believed to be a teacher's edit before that.
    func beginAgain(backupAt: Timestamp, lostAt: Timestamp?, now: Timestamp) throws {
        try run(
            """
            UPDATE clever_record SET state = 1 WHERE state = 0 AND EXISTS(SELECT 1 FROM outbox
                WHERE outbox.student = clever_record.student AND outbox.day = clever_record.day
                    AND clever_record.section IN (outbox.section, 0))
            """)
        for table in ["outbox", "sent", "passed", "csv_row", "withdrawn_row", "trigger_note", "scan", "scan_unit"] {
            try run("DELETE FROM \(table)")
        }
        try run("UPDATE section SET read_at = NULL")
        try run(
            "UPDATE held_batch SET state = 3, decided = ?, decision_reason = 'restored from a backup' WHERE state = 0",
            [now.milliseconds])
        for setting in [StateSetting.watermark, .fullScanWatermark, .lastFullScanDay, .csvUploadedAt, .csvProblem] {
            try set(setting, nil)
        }
        // Whatever file lies on the server, it says what this state doesn't know.
        try set(.csvIsOutdated, 1)
        // Both rosters are due to be read again.
        for roster in [StateSetting.cleverRosterAt, .schoologyRosterAt] where try number(roster) != nil {
            try set(roster, 1)
        }
        try set(.backupDistrict, nil)
        try set(.backupAt, nil)
        try set(.restoredAt, now.milliseconds)
        try set(.restoredFrom, backupAt.milliseconds)
        try set(.restoredLostAt, lostAt?.milliseconds)
    }

    /// An operator's pause outlives a restore, and no number is given out twice: the log speaks of the others.
    fileprivate func takeOver(_ pause: [StateSetting: DatabaseValue], numbers: [String: Int64]) throws {
        for (setting, value) in pause {
            try run(
                "INSERT INTO setting(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
                [setting.rawValue, value])
        }
        for (table, number) in numbers where ["cycle", "conflict", "outbox", "held_batch", "backfill"].contains(table) {
            try run("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [number, table])
            try run(
                """
                INSERT INTO sqlite_sequence(name, seq)
                SELECT ?1, ?2 WHERE NOT EXISTS(SELECT 1 FROM sqlite_sequence WHERE name = ?1)
                """, [table, number])
        }
    }
}
