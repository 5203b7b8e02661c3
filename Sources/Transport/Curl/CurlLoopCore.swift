import CCurl
import Glibc
import Synchronization

/// What `CurlLoop` shares with its thread.
///
/// `@unchecked Sendable`: `inbox` is behind its lock; `running` and `idle` are touched by the loop's thread alone; of
/// `multi`, other threads call `curl_multi_wakeup` alone, which libcurl documents as safe, and only under the lock
/// while the inbox isn't closed, so never after `curl_multi_cleanup`.
final class CurlLoopCore: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer
    private let inbox = Mutex(CurlInbox())
    private var running: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    /// Easy handles to use again: a reset handle costs less than a new one.
    private var idle: [UnsafeMutableRawPointer] = []
    private static let maximumIdleHandles = 32

    init(maxConnectionsPerHost: Int, maxIdleConnections: Int) throws(TransportError) {
        guard Self.globalInitialisation == CURLE_OK, let multi = curl_multi_init() else {
            throw TransportError(.resources, sent: false, detail: "libcurl could not be initialised")
        }
        self.multi = multi
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, maxConnectionsPerHost)
        _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, maxIdleConnections)
        _ = ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX)
        guard startThread({ self.run() }) else {
            curl_multi_cleanup(multi)
            throw TransportError(
                .resources, sent: false, detail: "no thread for libcurl: \(String(cString: strerror(errno)))")
        }
    }

    /// Once a process; libcurl wants it before anything else.
    static let globalInitialisation = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    // MARK: From any thread

    func submit(_ transfer: CurlTransfer, _ continuation: CurlTransfer.Continuation) {
        let accepted = inbox.withLock { inbox in
            guard case .open = inbox.phase else { return false }
            inbox.arrived.append((transfer, continuation))
            curl_multi_wakeup(multi)
            return true
        }
        if !accepted {
            continuation.resume(returning: .failure(TransportError(.cancelled, sent: false, detail: "shutting down")))
        }
    }

    func cancel(_ transfer: CurlTransfer) {
        inbox.withLock { inbox in
            if case .closed = inbox.phase { return }
            inbox.cancelled.append(transfer)
            curl_multi_wakeup(multi)
        }
    }

    /// The earliest deadline counts.
    func close(at deadline: ContinuousClock.Instant) {
        inbox.withLock { inbox in
            switch inbox.phase {
            case .open: inbox.phase = .closing(deadline)
            case .closing(let earlier): inbox.phase = .closing(min(earlier, deadline))
            case .closed: return
            }
            curl_multi_wakeup(multi)
        }
    }

    func closed() async {
        await withCheckedContinuation { continuation in
            let isClosed = inbox.withLock { inbox in
                if case .closed = inbox.phase { return true }
                inbox.waiters.append(continuation)
                return false
            }
            if isClosed { continuation.resume() }
        }
    }

    // MARK: On the loop's thread

    private func run() {
        while let milliseconds = takeInbox() {
            var count: Int32 = 0
            _ = curl_multi_perform(multi, &count)
            if collectFinished() { continue }
            if curl_multi_poll(multi, nil, 0, milliseconds, nil) != CURLM_OK {
                // Out of memory or descriptors: wait a little rather than spin.
                _ = poll(nil, 0, 50)
            }
        }
        cleanUp()
    }

    /// Starts and cancels what was handed in, and ends what is out of time. Returns how many milliseconds to wait for
    /// more, nil when the loop is to end.
    private func takeInbox() -> Int32? {
        let (arrived, cancelled, phase) = inbox.withLock { inbox in
            defer {
                inbox.arrived = []
                inbox.cancelled = []
            }
            return (inbox.arrived, inbox.cancelled, inbox.phase)
        }
        for (transfer, continuation) in arrived { start(transfer, continuation) }
        for transfer in cancelled { cancelNow(transfer) }
        let now = ContinuousClock.now
        for (easy, transfer) in running where transfer.deadline <= now {
            end(easy, transfer, .failure(transfer.timeout))
        }
        var wake = running.values.map(\.deadline).min()
        if case .closing(let deadline) = phase {
            if deadline <= now {
                for transfer in Array(running.values) { cancelNow(transfer) }
            }
            if running.isEmpty { return nil }
            wake = min(wake ?? deadline, deadline)
        }
        guard let wake else { return Self.longestWait }
        // Rounded up, so that it is past when the loop wakes.
        return Int32(clamping: min(now.duration(to: wake).milliseconds + 1, Int(Self.longestWaitForAnswers)))
    }

    /// Milliseconds between two looks at nothing.
    private static let longestWait: Int32 = 60_000
    /// libcurl 7.88 can leave the requests of an HTTP/2 connection asleep though their answers have been read, until a
    /// timer of its own happens to fire: the connect timeout, seconds later. `curl_multi_perform` looks at every one.
    private static let longestWaitForAnswers: Int32 = 50

    private func start(_ transfer: CurlTransfer, _ continuation: CurlTransfer.Continuation) {
        transfer.continuation = continuation
        guard !transfer.isCancelled else { return transfer.finish(.failure(transfer.cancellation)) }
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            return transfer.finish(.failure(transfer.outOfMemory))
        }
        guard transfer.configure(easy), curl_multi_add_handle(multi, easy) == CURLM_OK else {
            recycle(easy)
            return transfer.finish(.failure(transfer.outOfMemory))
        }
        transfer.easy = easy
        transfer.deadline = .now + transfer.request.timeout
        running[easy] = transfer
    }

    private func cancelNow(_ transfer: CurlTransfer) {
        transfer.isCancelled = true
        guard let easy = transfer.easy else { return }
        end(easy, transfer, .failure(transfer.cancellation))
    }

    /// True when something finished.
    private func collectFinished() -> Bool {
        var found = false
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = running[easy]
            else { continue }
            found = true
            end(easy, transfer, transfer.outcome(message.pointee.data.result))
        }
        return found
    }

    private func end(
        _ easy: UnsafeMutableRawPointer, _ transfer: CurlTransfer, _ outcome: Result<HTTPResponse, TransportError>
    ) {
        running[easy] = nil
        transfer.easy = nil
        curl_multi_remove_handle(multi, easy)
        recycle(easy)
        transfer.finish(outcome)
    }

    private func recycle(_ easy: UnsafeMutableRawPointer) {
        guard idle.count < Self.maximumIdleHandles else { return curl_easy_cleanup(easy) }
        curl_easy_reset(easy)
        idle.append(easy)
    }

    /// Nothing is running. What arrived since the inbox was last taken was refused by `submit`.
    private func cleanUp() {
        let waiters = inbox.withLock { inbox in
            inbox.phase = .closed
            inbox.cancelled = []
            return inbox.waiters
        }
        for easy in idle { curl_easy_cleanup(easy) }
        idle = []
        curl_multi_cleanup(multi)
        for waiter in waiters { waiter.resume() }
    }
}
