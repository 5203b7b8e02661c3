import Foundation

/// A file that its owner alone can read, whole or not there at all.
enum PrivateFile {
    struct Failure: Error, CustomStringConvertible {
        var description: String

        static var last: Failure { Failure(description: String(cString: strerror(errno))) }
    }

    /// Writes beside `path` and renames, so that whoever looks sees the old file or the new one.
    static func replace(_ path: String, with bytes: [UInt8]) throws {
        let temporary = "\(path).\(getpid()).tmp"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Failure.last }
        var isRenamed = false
        defer {
            close(file)
            if !isRenamed { unlink(temporary) }
        }
        // Whatever the umask.
        guard fchmod(file, 0o600) == 0 else { throw Failure.last }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw Failure.last
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0, rename(temporary, path) == 0 else { throw Failure.last }
        isRenamed = true
    }
}
