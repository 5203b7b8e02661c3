import AttendanceCore
import CSimulatedDisk
import DequeModule
import HeapModule

/// Everything that runs in a simulation, one thing at a time, in an order that the seed alone decides.
///
/// It is the executor of the engine's actor and of every task around it, so no job ever runs on another thread, and it
/// is the clock: when no job is left, time jumps to the next alarm.
///
/// `@unchecked Sendable`: all of it is used by the one thread that calls `run`.
final class SimulatedTime: SerialExecutor, TaskExecutor, @unchecked Sendable {
    private struct Alarm: Comparable {
        var at: Timestamp
        /// Alarms of the same moment go off in the order in which they were set.
        var number: UInt64
        var action: () -> Void

        static func < (left: Alarm, right: Alarm) -> Bool { (left.at, left.number) < (right.at, right.number) }
        static func == (left: Alarm, right: Alarm) -> Bool { left.number == right.number }
    }

    private var jobs = Deque<UnownedJob>()
    private var alarms = Heap<Alarm>()
    private var alarmCount: UInt64 = 0
    private(set) var now: Timestamp

    init(_ start: Timestamp) {
        now = start
    }

    func enqueue(_ job: consuming ExecutorJob) {
        jobs.append(UnownedJob(job))
    }

    // Nothing else runs, so whoever asks is in the right place.
    func checkIsolated() {}

    /// Calls `action` at that time, or as the next thing where that is past.
    func at(_ time: Timestamp, _ action: @escaping () -> Void) {
        alarmCount += 1
        alarms.insert(Alarm(at: time, number: alarmCount, action: action))
    }

    /// Returns when so much time has passed.
    func wait(_ span: Span) async {
        await withUnsafeContinuation { continuation in at(now + span) { continuation.resume() } }
    }

    /// Starts a task that runs here.
    func start(_ body: @escaping @Sendable () async -> Void) {
        _ = Task(executorPreference: self) { await body() }
    }

    /// Forgets what was still to come.
    func clear() {
        jobs.removeAll()
        alarms = Heap()
    }

    /// Runs until `isDone`.
    ///
    /// - Returns: false if nothing is left that could happen, or `limit` jobs have run: the simulation is stuck.
    func run(limit: Int, until isDone: () -> Bool) -> Bool {
        var count = 0
        while !isDone() {
            if let job = jobs.popFirst() {
                count += 1
                guard count < limit else { return false }
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            } else if let alarm = alarms.popMin() {
                if alarm.at > now {
                    now = alarm.at
                    simulated_disk_set_time(now.milliseconds)
                }
                alarm.action()
            } else {
                return false
            }
        }
        return true
    }
}
