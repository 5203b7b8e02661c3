import Glibc
import Synchronization

/// A `TimestampStore` in a small file that the daemon and a `plan` beside it share, each under `flock`.
///
/// The file holds the seconds as decimal digits and a line break. One `pwrite` of a few bytes is whole or absent after
/// a `kill -9`. It isn't synced to the disk: after a power cut the clock is past what was lost. A file without a
/// number in it counts as empty.
public final class FileTimestampStore: TimestampStore {
    public let path: String
    /// -1 until it was opened. The lock keeps threads apart, as `flock` does processes.
    private let descriptor = Mutex<Int32>(-1)

    /// Nothing is opened before the first `advance`. The directory must exist.
    public init(path: String) { self.path = path }

    deinit {
        descriptor.withLock { if $0 >= 0 { close($0) } }
    }

    public func advance(_ next: (Int64?) -> Int64) throws(OAuthError) -> Int64 {
        try descriptor.withLock { (descriptor) throws(OAuthError) in
            if descriptor < 0 {
                descriptor = try check(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
                giveToOwnerOfFolder(descriptor)
            }
            let file = descriptor
            try check(retrying { flock(file, LOCK_EX) })
            defer { _ = flock(file, LOCK_UN) }
            let last = try read(file)
            let timestamp = next(last)
            if timestamp != last { try write(timestamp, to: file) }
            return timestamp
        }
    }

    /// A command of root's must leave nothing that the service's user can't open.
    private func giveToOwnerOfFolder(_ file: Int32) {
        var information = stat()
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard geteuid() == 0, stat(folder, &information) == 0 else { return }
        _ = fchown(file, information.st_uid, information.st_gid)
    }

    private func read(_ file: Int32) throws(OAuthError) -> Int64? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = try check(retrying { Int32(pread(file, &bytes, bytes.count, 0)) })
        let line = bytes[..<Int(count)].prefix { $0 != UInt8(ascii: "\n") }
        // Twelve digits last for 30 000 years; more are no timestamp.
        guard (1...12).contains(line.count), line.count < count, line.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int64(String(decoding: line, as: UTF8.self))
    }

    private func write(_ timestamp: Int64, to file: Int32) throws(OAuthError) {
        let bytes = Array("\(timestamp)\n".utf8)
        let count = try check(retrying { Int32(pwrite(file, bytes, bytes.count, 0)) })
        // A short write of a dozen bytes is a disk that is full.
        guard count == bytes.count else { throw .timestampFile(path: path, code: ENOSPC) }
    }

    private func retrying(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    @discardableResult
    private func check(_ result: Int32) throws(OAuthError) -> Int32 {
        guard result >= 0 else { throw .timestampFile(path: path, code: errno) }
        return result
    }
}
