import AttendanceCore
import GRDB
import Glibc

/// One district's state in SQLite: WAL, one writer, readers beside it.
///
/// The engine composes its steps of a ``Transaction``'s methods, so that a process killed between any two steps
/// starts again from a consistent state. Nothing is cached here: small commands may write beside a running daemon.
public final class SyncState: Sendable {
    public enum Access: Sendable {
        /// The process that runs cycles: takes the kernel lock, migrates.
        case exclusive
        /// A small command that changes rows beside a running daemon. The state must exist.
        case shared
        /// A reader. The state must exist.
        case readOnly
    }

    public let path: String
    /// The last migration that had been applied before this process opened the state; nil for a new one.
    public let migratedFrom: String?
    let database: DatabaseQueue
    private let lock: StateLock?

    /// Opens `<directory>/<district>.sqlite`.
    ///
    /// - Parameter disk: the name of the SQLite VFS that holds the file, for a simulator; nil: the machine's own.
    public init(
        directory: String, district: String, access: Access, disk: String? = nil
    ) throws(StateError) {
        path = "\(directory)/\(district).sqlite"
        let lockPath = "\(directory)/\(district).lock"
        // A file that lives elsewhere can't be looked for beside its lock.
        let remembers = disk == nil
        do {
            switch access {
            case .exclusive:
                try SyncState.makePrivateFolder(directory)
                lock = try StateLock(path: lockPath)
                if remembers { try SyncState.expectState(path, lockPath) }
            case .shared, .readOnly:
                lock = nil
                try SyncState.expectState(path, lockPath)
                guard try SyncState.isThere(path) else { throw StateError.absent(path: path) }
            }
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(10)
            configuration.readonly = access == .readOnly
            configuration.label = "state"
            configuration.prepareDatabase { db in
                if access != .readOnly {
                    try db.execute(sql: "PRAGMA journal_mode = WAL")
                    // What a person or a trigger says isn't said twice: it survives a power failure. What a cycle
                    // stores can be worked out again, until a write goes out: see `durableTransaction`.
                    try db.execute(sql: "PRAGMA synchronous = \(access == .shared ? "FULL" : "NORMAL")")
                    // A rescan must not leave a WAL that grows with the district.
                    try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
                }
                try db.execute(sql: "PRAGMA cache_size = -4096")
            }
            let previousMask = umask(0o077)
            defer { umask(previousMask) }
            // https://www.sqlite.org/uri.html, parameter `vfs`. Debian's SQLite takes such names.
            let name = if let disk { "file:\(path)?vfs=\(disk)" } else { path }
            database = try DatabaseQueue(path: name, configuration: configuration)
            let migrator = Migrations.all
            migratedFrom = try database.read { db in try migrator.appliedMigrations(db).last }
            if remembers, migratedFrom == nil, StateLock.isEstablished(path: lockPath) {
                throw StateError.damaged(path: path, detail: SyncState.isEmpty)
            }
            if try database.read({ db in try migrator.hasBeenSuperseded(db) }) {
                throw StateError.newerVersion(path: path)
            }
            if access == .exclusive {
                // Before anything is written: a damaged file is left as it is.
                try check()
                try migrator.migrate(database)
                // A command of root's must leave nothing that the service's user can't open.
                if remembers {
                    for file in [path, path + "-wal", path + "-shm", lockPath] where PlainFile.exists(file) {
                        try PlainFile.give(file, toOwnerOf: directory)
                    }
                }
                if remembers, let lock, !StateLock.isEstablished(path: lockPath) {
                    // On the disk first, so that a power failure can't leave the memory of a state without it. Where
                    // a reader or a full disk stands in the way, the next start does it.
                    let stored: Void? = try? database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
                    if stored != nil { lock.establish() }
                }
            } else if migratedFrom == nil {
                throw StateError.absent(path: path)
            } else if try database.read({ db in try !migrator.hasCompletedMigrations(db) }) {
                throw StateError.inaccessible(
                    path: path, detail: "it is of an older version; a cycle (`attendance-sync once`) upgrades it")
            }
        } catch {
            throw StateError.from(error, path: "\(directory)/\(district).sqlite")
        }
    }

    /// A copy of a state, in memory: what is done to it is gone with it. A state of an older version is upgraded in the
    /// copy; where there is none yet, the copy is of an empty one.
    public init(copying directory: String, district: String) throws(StateError) {
        path = "\(directory)/\(district).sqlite"
        lock = nil
        migratedFrom = nil
        do {
            database = try DatabaseQueue()
            try SyncState.expectState(path, "\(directory)/\(district).lock")
            if try SyncState.isThere(path) { try SyncState.copy(path, into: database) }
            let migrator = Migrations.all
            if try database.read({ db in try migrator.hasBeenSuperseded(db) }) {
                throw StateError.newerVersion(path: path)
            }
            try migrator.migrate(database)
        } catch {
            throw StateError.from(error, path: "\(directory)/\(district).sqlite")
        }
    }

    /// A state that this user may not even see is not one that isn't there: to say "nothing waits" then would be a lie.
    private static func isThere(_ path: String) throws(StateError) -> Bool {
        guard Glibc.access(path, F_OK) != 0 else { return true }
        guard errno == ENOENT || errno == ENOTDIR else { throw PlainFile.failure(path) }
        return false
    }

    private static func copy(_ path: String, into copy: DatabaseQueue) throws(StateError) {
        do {
            let original = try PlainFile.openDatabase(path, readonly: true)
            try original.backup(to: copy)
            try original.close()
        } catch {
            throw StateError.from(error, path: path)
        }
    }

    /// The newest migration this program knows.
    public static var schemaVersion: String { Migrations.all.migrations.last ?? "" }

    /// Looks for damage, as SQLite's `quick_check` finds it. Takes about a second for each million rows.
    public func check() throws(StateError) {
        try reading { try PlainFile.check($0.db, path: path) }
    }

    private static let isEmpty = "it is empty, and it was not before"

    /// A state that is lost or has been emptied is damage: beginning anew would forget what both sides agreed on.
    private static func expectState(_ path: String, _ lockPath: String) throws(StateError) {
        guard StateLock.isEstablished(path: lockPath) else { return }
        var information = stat()
        guard stat(path, &information) == 0 else {
            if errno == ENOENT { throw .damaged(path: path, detail: "it is gone, and it was there before") }
            return
        }
        if information.st_size == 0 { throw .damaged(path: path, detail: isEmpty) }
    }

    /// Writes the WAL back into the file and closes it, so that the one file is the whole state until it is opened
    /// again. A process that ends without it loses nothing: the WAL is read at the next start.
    public func close() {
        try? database.close()
    }

    /// Runs `body` against one unchanging view of the state.
    public func reading<Value>(_ body: (Transaction) throws -> Value) throws(StateError) -> Value {
        do {
            // Not GRDB's `read`: on a queue it sets `PRAGMA query_only` and unsets it, and each makes SQLite compile
            // every cached statement anew, which was half the time of a cycle.
            return try database.unsafeRead { db in
                var value: Value?
                // Throws where the state was closed meanwhile; asked anything else, SQLite would end the process.
                try db.inTransaction(.deferred) {
                    let changes = db.totalChangesCount
                    value = try body(Transaction(db: db))
                    assert(db.totalChangesCount == changes, "a reading has written")
                    return .commit
                }
                guard let value else { preconditionFailure("the body of a transaction was not run") }
                return value
            }
        } catch {
            throw StateError.from(error, path: path)
        }
    }

    /// Runs `body` as one transaction: all of it is stored, or none.
    public func transaction<Value>(_ body: (Transaction) throws -> Value) throws(StateError) -> Value {
        do {
            return try database.write { db in try body(Transaction(db: db)) }
        } catch {
            throw StateError.from(error, path: path)
        }
    }

    /// Like ``transaction(_:)``, and what is stored by then, this and all before it, survives a power failure: what
    /// goes before a write that others see. Takes a sync of the disk.
    public func durableTransaction<Value>(_ body: (Transaction) throws -> Value) throws(StateError) -> Value {
        do {
            return try database.writeWithoutTransaction { db in
                try db.cachedStatement(sql: "PRAGMA synchronous = FULL").execute()
                defer { try? db.cachedStatement(sql: "PRAGMA synchronous = NORMAL").execute() }
                var value: Value?
                try db.inTransaction {
                    value = try body(Transaction(db: db))
                    return .commit
                }
                guard let value else { preconditionFailure("the body of a transaction was not run") }
                return value
            }
        } catch {
            throw StateError.from(error, path: path)
        }
    }

    static func makePrivateFolder(_ directory: String) throws(StateError) {
        guard Glibc.access(directory, F_OK) != 0 else { return }
        var partial = directory.hasPrefix("/") ? "" : "."
        for part in directory.split(separator: "/") {
            partial += "/\(part)"
            if mkdir(partial, 0o700) != 0, errno != EEXIST {
                throw .inaccessible(path: directory, detail: String(cString: strerror(errno)))
            }
        }
    }
}
