import Synchronization

/// What stands behind the sockets: the world, its lock and the way from a request to an answer.
final class SandboxCore: Sendable {
    let settings: SandboxSettings
    /// Where `attendance.csv` is dropped; locked while a file is read and processed.
    let dropFolder: Mutex<String?>
    /// Yields when there may be triggers to send.
    let triggerCalls: AsyncStream<Void>
    private let callsTriggers: AsyncStream<Void>.Continuation
    private let world: Mutex<World>

    init(_ settings: SandboxSettings) {
        self.settings = settings
        dropFolder = Mutex(settings.dropFolder)
        let (calls, caller) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        triggerCalls = calls
        callsTriggers = caller
        var world = World(settings)
        world.schoology.triggers.wake = { caller.yield() }
        for fault in settings.faults { _ = world.faults.add(fault) }
        self.world = Mutex(world)
    }

    func withWorld<Result: Sendable, Failure: Error>(
        _ body: (inout World) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try world.withLock { (world: inout sending World) throws(Failure) -> Result in try body(&world) }
    }

    func callTriggers() {
        callsTriggers.yield()
    }

    var now: Instant { settings.clock.now() }

    func answer(_ request: WireRequest, from side: SandboxSide, baseURL: String) -> WireReply {
        let now = now
        return withWorld { $0.answer(request, from: side, baseURL: baseURL, now: now) }
    }
}
