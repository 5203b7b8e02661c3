import GRDB
import Glibc

/// The file operations of a backup and a restore: each says what failed, and what was done survives a power failure.
enum PlainFile {
    static func exists(_ path: String) -> Bool {
        var information = stat()
        return lstat(path, &information) == 0
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes an empty file that only its owner may read.
    static func create(_ path: String) throws(StateError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        close(descriptor)
    }

    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }

    /// Gives the file another name, in the place of what has it, and makes that last.
    static func rename(_ path: String, to new: String) throws(StateError) {
        guard Glibc.rename(path, new) == 0 else { throw failure(new) }
        try sync(folder(of: new))
    }

    /// Waits until a file, or a folder's list of names, is on the disk.
    static func sync(_ path: String) throws(StateError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        // Some file systems have no such thing for folders.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(path) }
    }

    /// Whose the file at `path` is, if the process may say.
    static func give(_ path: String, toOwnerOf other: String) throws(StateError) {
        var information = stat()
        guard geteuid() == 0, stat(other, &information) == 0 else { return }
        guard chown(path, information.st_uid, information.st_gid) == 0 else { throw failure(path) }
    }

    static func failure(_ path: String) -> StateError {
        let code = errno
        switch code {
        case ENOSPC, EDQUOT: return .diskFull(path: path)
        case EMFILE, ENFILE: return .outOfDescriptors(path: path)
        default: return .inaccessible(path: path, detail: String(cString: strerror(code)))
        }
    }

    // MARK: Databases

    static func openDatabase(_ path: String, readonly: Bool = false) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.readonly = readonly
        configuration.busyMode = .timeout(10)
        configuration.label = "backup"
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Folds the WAL into the file, so that the one file is everything.
    ///
    /// - Throws: ``StateError/locked(path:)`` where another process has it open.
    static func makeOneFile(_ database: DatabaseQueue) throws {
        let path = database.path
        let mode = try database.writeWithoutTransaction { db in
            do {
                return try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                return nil
            }
        }
        guard mode == "delete" else { throw StateError.locked(path: path) }
    }

    static func check(_ db: Database, path: String) throws {
        let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? ""
        // The first of two lines names the database, of which there is one.
        guard found == "ok" else {
            throw StateError.damaged(path: path, detail: found.split(separator: "\n").last.map(String.init) ?? "")
        }
    }
}
