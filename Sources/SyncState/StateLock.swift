import Glibc

/// The kernel lock that makes a district's state one process's own. The kernel drops it with the process,
/// however that ends, so it can't be left behind.
final class StateLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws(StateError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            let code = errno
            if code == ENOSPC { throw .diskFull(path: path) }
            throw .inaccessible(path: path, detail: String(cString: strerror(code)))
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            throw .locked(path: path)
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }
}
