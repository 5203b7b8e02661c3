import GRDB

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
    /// There is no state yet: no cycle has run.
    case absent(path: String)

    public var description: String {
        switch self {
        case .locked(let path): "another attendance-sync process is using \(path)"
        case .newerVersion(let path): "\(path) was written by a newer version of attendance-sync"
        case .damaged(let path, let detail): "\(path) is damaged: \(detail)"
        case .inaccessible(let path, let detail): "\(path) can't be used: \(detail)"
        case .diskFull(let path): "no space left for \(path)"
        case .absent(let path): "there is no state at \(path) yet"
        }
    }

    /// What an operator can do about it.
    public var repair: String {
        switch self {
        case .locked: "stop the other process, or run the command again later"
        case .newerVersion: "install that version again, or restore a backup made by this one"
        case .damaged: "keep the file, put the last backup in its place, and start again"
        case .inaccessible: "check the owner and mode of the state folder"
        case .diskFull: "free space on the disk that holds the state"
        case .absent: "run `attendance-sync once` first"
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
        default: return .inaccessible(path: path, detail: detail)
        }
    }
}
