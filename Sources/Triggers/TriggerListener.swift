import AttendanceCore
import Dispatch
import Glibc
import Synchronization

/// Listens for Schoology's triggers on one loopback address, for any number of districts: HTTP/1.1, one request a
/// connection, told apart by the secret path. Speaks to nobody but a proxy on this machine; docs/TRIGGERS.md.
///
/// Its sockets belong to a thread of its own, where limits and deadlines hold whatever clients do; handlers run in tasks.
/// FlyingFox's server was no choice: it bounds neither the head nor the time for a body, and its epoll pool keeps a
/// descriptor each time it stops. Neither path nor body is ever logged, stored or sent back.
public final class TriggerListener: Sendable {
    /// True when the notices are durably noted: the answer is 200 then, else 503, after which Schoology sends them again.
    /// Runs in a task that `stop` cancels and waits for.
    public typealias Handler = @Sendable ([TriggerNotice]) async -> Bool

    private enum Phase {
        case new
        case running(Task<Void, Never>, port: UInt16)
        /// With the task that ends then; nil when it was never started.
        case stopped(Task<Void, Never>?)
    }

    public let address: ListenAddress
    private let limits: TriggerLimits
    private let shared = ListenerShared()
    private let phase = Mutex(Phase.new)

    public convenience init(address: String, port: UInt16, limits: TriggerLimits = TriggerLimits()) {
        self.init(ListenAddress(address: address, port: port), limits: limits)
    }

    public init(_ address: ListenAddress, limits: TriggerLimits = TriggerLimits()) {
        self.address = address
        self.limits = limits
    }

    deinit { shared.stop() }

    /// The handlers by their paths, from now on; a request that is being handled isn't disturbed. A path without handler
    /// is 404.
    public func setRoutes(_ routes: [String: Handler]) {
        shared.setRoutes(TriggerRoutes(routes))
    }

    /// How many connections ended how, since the start.
    public var counts: [TriggerOutcome: Int] { shared.counts() }

    /// The port that is listened on; nil when none is.
    public var port: UInt16? {
        phase.withLock { phase in
            if case .running(_, let port) = phase { port } else { nil }
        }
    }

    /// Returns when connections are accepted. Once only: after `stop`, make another one.
    public func start() async throws(TriggerListenerError) {
        try phase.withLock { phase throws(TriggerListenerError) in
            guard case .new = phase else { throw .alreadyStarted }
            let (socket, port) = try ListenerSocket.open(address)
            guard let wake = ListenerSocket.pair() else {
                let reason = String(cString: strerror(errno))
                close(socket)
                throw .failed(address, reason: reason)
            }
            shared.open(wake: wake.write)
            let (stream, continuation) = AsyncStream.makeStream(of: TriggerWork.self)
            let loop = ListenerLoop(socket: socket, wake: wake.read, shared: shared, limits: limits, work: continuation)
            // A queue of its own is a thread of its own for as long as the loop runs; its signals are blocked.
            DispatchQueue(label: "attendance-sync.triggers").async { loop.run() }
            let shared = shared
            phase = .running(Task.detached { await Self.handle(stream, shared) }, port: port)
        }
    }

    /// Closes every connection, cancels the handlers and returns when they have returned. A second call waits for the first.
    public func stop() async {
        let task = phase.withLock { phase -> Task<Void, Never>? in
            let task: Task<Void, Never>? =
                switch phase {
                case .new: nil
                case .running(let task, _): task
                case .stopped(let task): task
                }
            phase = .stopped(task)
            return task
        }
        shared.stop()
        await task?.value
    }

    /// Until the thread has ended.
    private static func handle(_ stream: AsyncStream<TriggerWork>, _ shared: ListenerShared) async {
        await withDiscardingTaskGroup { group in
            for await work in stream {
                group.addTask { shared.finish(work.connection, await work.answer()) }
            }
            group.cancelAll()
        }
    }
}
