import AttendanceCore
import Dispatch
import Glibc
import Synchronization

/// The machine's clocks.
public final class SystemClock: EngineClock {
    private struct Sleepers {
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var next: UInt64 = 0
        var interrupted = false
    }

    private let sleepers = Mutex(Sleepers())
    private let queue = DispatchQueue(label: "clock")

    public init() {}

    public func now() -> Timestamp { Self.read(CLOCK_REALTIME) }

    public func uptime() -> Timestamp { Self.read(CLOCK_MONOTONIC) }

    public func sleep(until uptime: Timestamp) async {
        let milliseconds = (uptime - self.uptime()).milliseconds
        guard milliseconds > 0 else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let number: UInt64? = sleepers.withLock { sleepers in
                guard !sleepers.interrupted else { return nil }
                sleepers.next += 1
                sleepers.waiting[sleepers.next] = continuation
                return sleepers.next
            }
            guard let number else {
                continuation.resume()
                return
            }
            queue.asyncAfter(deadline: .now() + .milliseconds(Int(clamping: milliseconds))) { [self] in
                sleepers.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
            }
        }
    }

    public func interrupt() {
        let waiting = sleepers.withLock { sleepers in
            sleepers.interrupted = true
            defer { sleepers.waiting = [:] }
            return sleepers.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    private static func read(_ clock: clockid_t) -> Timestamp {
        var time = timespec()
        clock_gettime(clock, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
