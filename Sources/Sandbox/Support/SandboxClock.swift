#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where the sandbox gets the time from, so that a test can turn the hands itself.
public struct SandboxClock: Sendable {
    public var now: @Sendable () -> Instant

    public init(now: @escaping @Sendable () -> Instant) {
        self.now = now
    }

    /// The machine's clock.
    public static let system = SandboxClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
