import Glibc

/// The kernel lock that makes a district's state one process's own. The kernel drops it with the process,
/// however that ends, so it can't be left behind.
///
/// The file also remembers that there has been a state, so that one that was emptied or lost is not taken for a new one.
final class StateLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws(StateError) {
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            let code = errno
            if code == ENOSPC { throw .diskFull(path: path) }
            if code == EMFILE || code == ENFILE { throw .outOfDescriptors(path: path) }
            throw .inaccessible(path: path, detail: String(cString: strerror(code)))
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            throw .locked(path: path)
        }
        descriptor = opened
    }

    /// Whether the file at `path` remembers a state.
    static func isEstablished(path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_size > 0
    }

    /// Whether a process holds it. False where there is no such file, nil where it can't be looked at.
    static func isHeld(path: String) -> Bool? {
        var information = stat()
        guard stat(path, &information) == 0 else { return errno == ENOENT ? false : nil }
        return holder(path: path) != nil
    }

    /// There is a state from now on. Where this can't be written, the next start tries again.
    func establish() {
        let words = Array("this district's state has been created; without it, a new one begins\n".utf8)
        _ = pwrite(descriptor, words, words.count, 0)
        _ = fsync(descriptor)
    }

    deinit {
        close(descriptor)
    }
}
