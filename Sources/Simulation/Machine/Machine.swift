import AttendanceCore
import CSimulatedDisk
import SyncEngine

/// The computer that the daemon runs on, from its start to its end. Then nothing of it has any effect any more.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class Machine: EngineClock, @unchecked Sendable {
    let time: SimulatedTime
    /// When the power came on: an end of the process alone is not one of the uptime.
    let poweredAt: Timestamp
    /// How far its time of day is from the true one. Jumps.
    var clockError: Span
    private var isOff = false
    private(set) var lostPower = false
    private var isInterrupted = false
    private var sleepers: [UInt64: UnsafeContinuation<Void, Never>] = [:]
    private var nextSleeper: UInt64 = 0
    /// Effects (requests, answers, steps of an upload) until it is killed; nil: it isn't.
    var effectsLeft: Int?
    var endsBy = Crash.killed
    private let whenItEnds: () -> Void

    init(time: SimulatedTime, poweredAt: Timestamp, clockError: Span, whenItEnds: @escaping () -> Void) {
        self.time = time
        self.clockError = clockError
        self.whenItEnds = whenItEnds
        self.poweredAt = poweredAt
    }

    /// The disk may have ended it in the middle of SQLite's work.
    var isDead: Bool {
        let crash = simulated_disk_has_crashed()
        if !isOff, crash != 0 {
            lostPower = crash == 1 + Int32(SIMULATED_DISK_POWER_FAILED.rawValue)
            end()
        }
        return isOff
    }

    /// The disk was told already, or is told by the caller.
    private func end() {
        isOff = true
        interrupt()
        whenItEnds()
    }

    /// Ends it now.
    func kill(_ crash: Crash) {
        guard !isDead else { return }
        simulated_disk_crash(crash.disk)
        lostPower = crash == .powerFailed
        end()
    }

    /// Something that the outside sees is about to happen, or has. The machine may not outlive it.
    func countEffect() {
        guard let left = effectsLeft, !isDead else { return }
        effectsLeft = left - 1
        if left <= 1 {
            effectsLeft = nil
            kill(endsBy)
        }
    }

    // MARK: EngineClock

    func now() -> Timestamp { time.now + clockError }

    func uptime() -> Timestamp { Timestamp(milliseconds: (time.now - poweredAt).milliseconds) }

    func sleep(until uptime: Timestamp) async {
        await sleep(untilTime: poweredAt + Span(milliseconds: uptime.milliseconds))
    }

    func sleep(_ span: Span) async {
        await sleep(untilTime: time.now + span)
    }

    private func sleep(untilTime until: Timestamp) async {
        guard until > time.now else { return }
        guard !isDead, !isInterrupted else {
            // At once, and yet after whoever was waiting: what is told to stop must come to hear of it.
            return await time.wait(.zero)
        }
        let number = nextSleeper
        nextSleeper += 1
        await withUnsafeContinuation { continuation in
            sleepers[number] = continuation
            time.at(until) { [self] in sleepers.removeValue(forKey: number)?.resume() }
        }
    }

    func interrupt() {
        isInterrupted = true
        let woken = sleepers.sorted { $0.key < $1.key }
        sleepers = [:]
        for (_, continuation) in woken { continuation.resume() }
    }
}

/// How a machine ends.
public enum Crash: String, Sendable, Hashable, CaseIterable, Codable {
    /// The process: what it wrote stays.
    case killed
    /// The power: what was not synced may be lost, or half of it.
    case powerFailed

    var disk: simulated_disk_crash {
        switch self {
        case .killed: SIMULATED_DISK_KILLED
        case .powerFailed: SIMULATED_DISK_POWER_FAILED
        }
    }
}
