#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif
import Synchronization

/// A child process whose standard input ends when this process does, and whose output is read.
final class SupervisedProcess: Sendable {
    private struct State {
        var isStopped = false
        var reader: pthread_t?
        var output = ""
    }

    let processID: pid_t
    private let state: Mutex<State>
    /// This side of the socket that is its standard input, output and error. A socket can be had closed in other
    /// children from the first moment on; Swift doesn't see `pipe2`.
    private let end: Int32

    /// Starts `arguments[0]`, an absolute path, in a process group of its own, with no signal blocked or ignored.
    init(_ arguments: [String]) throws(OpenSSHError) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw OpenSSHError("no sockets: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_adddup2(&actions, ends[1], descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        var child = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let failure = posix_spawn(&child, arguments[0], &actions, &attributes, &words, environ)
        guard failure == 0 else {
            close(ends[0])
            throw OpenSSHError("\(arguments[0]): \(String(cString: strerror(failure)))")
        }
        processID = child
        end = ends[0]
        state = Mutex(State())
    }

    deinit { stop() }

    var output: String { state.withLock(\.output) }

    /// Reads output until `text` is in it. False when the process and its children have closed it before, or nothing
    /// came for `milliseconds`.
    func awaitOutput(_ text: String, milliseconds: Int32) -> Bool {
        while !output.contains(text) {
            var entry = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, milliseconds) > 0, readOutput() else { return false }
        }
        return true
    }

    /// Lets a thread read the rest, so that the process never waits for a reader. No `awaitOutput` after that.
    func drain() {
        let context = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                #if canImport(Glibc)
                    let process = Unmanaged<SupervisedProcess>.fromOpaque(context!).takeRetainedValue()
                #else
                    let process = Unmanaged<SupervisedProcess>.fromOpaque(context).takeRetainedValue()
                #endif
                while process.readOutput() {}
                return nil
            }, context.toOpaque())
        if failure == 0 { state.withLock { $0.reader = thread } } else { context.release() }
    }

    /// Ends its standard input and waits for its end, and for that of everything that has its output open.
    func stop() {
        let (wasStopped, reader) = state.withLock { state in
            defer { state.isStopped = true }
            return (state.isStopped, state.reader)
        }
        guard !wasStopped else { return }
        shutdown(end, Int32(SHUT_WR))
        if let reader { pthread_join(reader, nil) } else { while readOutput() {} }
        close(end)
        while waitpid(processID, nil, 0) < 0, errno == EINTR {}
    }

    private func readOutput() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        var count = 0
        repeat { count = read(end, &chunk, chunk.count) } while count < 0 && errno == EINTR
        guard count > 0 else { return false }
        state.withLock {
            $0.output = String(($0.output + String(decoding: chunk[..<count], as: UTF8.self)).suffix(65536))
        }
        return true
    }
}
