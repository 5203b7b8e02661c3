import Synchronization

/// A clock that stands still until it is moved: rate windows and timestamp rules without sleeping.
public final class ManualClock: Sendable {
    private let time: Mutex<Instant>

    public init(_ start: Instant) {
        time = Mutex(start)
    }

    public func advance(milliseconds: Int64) {
        time.withLock { $0 = $0.adding(milliseconds: milliseconds) }
    }

    /// What to give to the sandbox.
    public var clock: SandboxClock {
        SandboxClock { self.time.withLock { $0 } }
    }
}
