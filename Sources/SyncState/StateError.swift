import GRDB
import Glibc

/// Why the state can't be used. Each says what is true; the commands add the repair.
public enum StateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process holds the kernel lock of this district's state.
    case locked(path: String)
    /// The file was written by a newer version of this program.
    case newerVersion(path: String)
    /// SQLite says the file is damaged or no database.
    case damaged(path: String, detail: String)
    /// The folder or the file can't be opened or written.
    case inaccessible(path: String, detail: String)
    /// The disk is full.
    case diskFull(path: String)
    /// The process may open no more files.
    case outOfDescriptors(path: String)
    /// There is no state yet: no cycle has run.
    case absent(path: String)

    public var description: String {
        switch self {
        case .locked(let path): "another attendance-sync process is using \(path)"
        case .newerVersion(let path): "\(path) was written by a newer version of attendance-sync"
        case .damaged(let path, let detail): "\(path) is damaged: \(detail)"
        case .inaccessible(let path, let detail): "\(path) can't be used: \(detail)"
        case .diskFull(let path): "no space left for \(path)"
        case .outOfDescriptors(let path): "\(path) can't be opened: too many open files"
        case .absent(let path): "there is no state at \(path) yet"
        }
    }

    /// What an operator can do about it.
    public var repair: String {
        switch self {
        case .locked: "stop the other process, or run the command again later"
        case .newerVersion: "install that version again, or restore a backup made by this one"
        case .damaged:
            "stop the service, put the last backup in its place (`attendance-sync restore FILE`), and start it again"
        case .inaccessible:
            // An operator's own user may not look into the service's folder.
            geteuid() == 0 || getenv("INVOCATION_ID") != nil
                ? "check the owner and mode of the state folder"
                : "run the command with sudo; where that doesn't help, check the owner and mode of the state folder"
        case .diskFull: "free space on the disk that holds the state"
        case .outOfDescriptors: "raise the limit of open files (LimitNOFILE= in the service's unit, `ulimit -n`)"
        case .absent: "run `attendance-sync once` first"
        }
    }

    /// The file is not what it was: nothing may be written to it, and nothing believed of it.
    public var isDamage: Bool {
        switch self {
        case .damaged: true
        case .locked, .newerVersion, .inaccessible, .diskFull, .outOfDescriptors, .absent: false
        }
    }

    /// Space is all that is missing.
    public var isDiskFull: Bool {
        switch self {
        case .diskFull: true
        case .locked, .newerVersion, .damaged, .inaccessible, .outOfDescriptors, .absent: false
        }
    }

    /// SQLite's own errors as facts. Arguments of statements are left out: they could name a person.
    static func from(_ error: any Error, path: String) -> StateError {
        if let already = error as? StateError { return already }
        guard let database = error as? DatabaseError else {
            return .inaccessible(path: path, detail: "\(type(of: error))")
        }
        let detail = database.message ?? "SQLite error \(database.resultCode.rawValue)"
        switch database.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .damaged(path: path, detail: detail)
        case .SQLITE_FULL: return .diskFull(path: path)
        // SQLite says no more than that where it could not make one of the files beside the state, or make it longer.
        case .SQLITE_CANTOPEN, .SQLITE_IOERR:
            if isOutOfDescriptors { return .outOfDescriptors(path: path) }
            if isDiskFull(path) { return .diskFull(path: path) }
            return .inaccessible(path: path, detail: detail)
        default: return .inaccessible(path: path, detail: detail)
        }
    }

    /// Less than SQLite needs for its smallest step: a piece of the shared memory beside the WAL has 32 KiB.
    private static func isDiskFull(_ path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else { return false }
        let isOutOfFiles = information.f_files > 0 && information.f_favail == 0
        return isOutOfFiles || UInt64(information.f_bavail) * UInt64(information.f_frsize) < 65_536
    }

    private static var isOutOfDescriptors: Bool {
        let probe = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard probe < 0 else {
            close(probe)
            return false
        }
        return errno == EMFILE || errno == ENFILE
    }
}
