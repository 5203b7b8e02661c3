import AttendanceCore
import Dispatch
import Sandbox
import SyncEngine
import Synchronization

/// Time that stands still until nothing else can happen: then it jumps to the earliest sleeper. So waits of hours
/// cost nothing, and what follows from a wait is seen.
final class TestTime: Sendable {
    private struct Sleeper {
        var id: Int
        var until: Timestamp
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct Hands {
        var now: Timestamp
        /// When the machine's power came on.
        var poweredAt: Timestamp
        var sleepers: [Sleeper] = []
        var nextID = 0
        var inFlight = 0
        var slept = Span.zero
    }

    private let hands: Mutex<Hands>

    /// The machine has been running for a while.
    init(_ start: Timestamp) {
        hands = Mutex(Hands(now: start, poweredAt: start - .hours(1)))
    }

    var now: Timestamp { hands.withLock { $0.now } }

    /// All time that passed because everybody slept.
    var slept: Span { hands.withLock { $0.slept } }

    var uptime: Timestamp {
        hands.withLock { Timestamp(milliseconds: ($0.now - $0.poweredAt).milliseconds) }
    }

    /// The machine has lost its power and has it again.
    func losePower() { hands.withLock { $0.poweredAt = $0.now } }

    func advance(_ span: Span) { hands.withLock { $0.now = $0.now + span } }

    /// The sandbox's view of it.
    var sandboxClock: SandboxClock {
        SandboxClock { Instant(milliseconds: self.now.milliseconds) }
    }

    /// An engine's view of it. Each engine has one of its own, because `interrupt` is for good.
    func clock() -> any EngineClock { Clock(time: self) }

    /// An executor that lets time jump when its engine has nothing left to do.
    func executor() -> any SerialExecutor { Executor(time: self) }

    func requestBegins() { hands.withLock { $0.inFlight += 1 } }

    func requestEnds() { hands.withLock { $0.inFlight -= 1 } }

    fileprivate func wakeEarliest() {
        let sleeper = hands.withLock { hands -> Sleeper? in
            guard hands.inFlight == 0,
                let index = hands.sleepers.indices.min(by: { hands.sleepers[$0].until < hands.sleepers[$1].until })
            else { return nil }
            let sleeper = hands.sleepers.remove(at: index)
            if sleeper.until > hands.now {
                hands.slept = hands.slept + (sleeper.until - hands.now)
                hands.now = sleeper.until
            }
            return sleeper
        }
        sleeper?.continuation.resume()
    }

    private final class Clock: EngineClock {
        let time: TestTime
        private let isInterrupted = Mutex(false)
        private let mine = Mutex<Set<Int>>([])

        init(time: TestTime) {
            self.time = time
        }

        func now() -> Timestamp { time.now }

        func uptime() -> Timestamp { time.uptime }

        func sleep(until uptime: Timestamp) async {
            let until = time.now + (uptime - time.uptime)
            guard until > time.now, !isInterrupted.withLock({ $0 }) else { return }
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                let id = time.hands.withLock { hands in
                    hands.nextID += 1
                    hands.sleepers.append(Sleeper(id: hands.nextID, until: until, continuation: continuation))
                    return hands.nextID
                }
                mine.withLock { _ = $0.insert(id) }
            }
        }

        func interrupt() {
            isInterrupted.withLock { $0 = true }
            let ids = mine.withLock { $0 }
            let woken = time.hands.withLock { hands in
                defer { hands.sleepers.removeAll { ids.contains($0.id) } }
                return hands.sleepers.filter { ids.contains($0.id) }
            }
            for sleeper in woken { sleeper.continuation.resume() }
        }
    }

    private final class Executor: SerialExecutor {
        private let queue = DispatchQueue(label: "engine")
        private let waiting = Atomic<Int>(0)
        private let time: TestTime

        init(time: TestTime) {
            self.time = time
        }

        func enqueue(_ job: consuming ExecutorJob) {
            let unowned = UnownedJob(job)
            waiting.wrappingAdd(1, ordering: .relaxed)
            queue.async { [self] in
                unowned.runSynchronously(on: asUnownedSerialExecutor())
                if waiting.wrappingSubtract(1, ordering: .relaxed).newValue == 0 { time.wakeEarliest() }
            }
        }
    }
}
