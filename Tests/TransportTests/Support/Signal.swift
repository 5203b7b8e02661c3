import Glibc
import Synchronization

/// Something that happened once: set on a server's thread, awaited by a test, or the other way round.
final class Signal: Sendable {
    private struct State {
        var isSet = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let pipe: (read: Int32, write: Int32)

    init() {
        var ends: [Int32] = [0, 0]
        precondition(Glibc.pipe(&ends) == 0)
        pipe = (ends[0], ends[1])
    }

    deinit {
        close(pipe.read)
        close(pipe.write)
    }

    func set() {
        var byte: UInt8 = 1
        _ = write(pipe.write, &byte, 1)
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.isSet = true
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSet = state.withLock { state in
                if !state.isSet { state.waiters.append(continuation) }
                return state.isSet
            }
            if isSet { continuation.resume() }
        }
    }

    /// Blocks the calling thread: for a server's thread only.
    func block() {
        var byte: UInt8 = 0
        _ = read(pipe.read, &byte, 1)
    }
}
