import AttendanceCore
import SyncEngine
import Synchronization

/// Wakes one sleeper before its time. Rung while nobody sleeps, it lets the next sleeper pass at once.
final class Alarm: Sendable {
    private struct State {
        var isRung = false
        var sleeper: (number: UInt64, continuation: CheckedContinuation<Bool, Never>)?
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    func ring() {
        let sleeper = state.withLock { state in
            defer { state.sleeper = nil }
            if state.sleeper == nil { state.isRung = true }
            return state.sleeper
        }
        sleeper?.continuation.resume(returning: true)
    }

    /// - Returns: whether it was rung, before the time had come.
    func wait(until: Timestamp, _ clock: SystemClock) async -> Bool {
        await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            let number: UInt64? = state.withLock { state in
                guard !state.isRung else {
                    state.isRung = false
                    return nil
                }
                state.next += 1
                state.sleeper = (state.next, continuation)
                return state.next
            }
            guard let number else { return continuation.resume(returning: true) }
            Task {
                await clock.sleep(until: until)
                self.timeIsUp(number)
            }
        }
    }

    private func timeIsUp(_ number: UInt64) {
        let sleeper = state.withLock { state in
            guard state.sleeper?.number == number else { return nil as CheckedContinuation<Bool, Never>? }
            defer { state.sleeper = nil }
            return state.sleeper?.continuation
        }
        sleeper?.resume(returning: false)
    }
}
