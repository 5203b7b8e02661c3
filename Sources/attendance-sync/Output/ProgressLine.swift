import AttendanceCore
import Foundation
import Operations
import SyncEngine
import Synchronization

/// One line at the bottom of a terminal that shows how far a command has come; nothing on a pipe.
///
/// Log lines go through it, so that they stand above the bar instead of in it.
final class ProgressLine: EventSink {
    private struct State {
        var shown = ""
        var lastDraw = Timestamp(milliseconds: 0)
        /// The step under way, where it stood when it was first seen, and when that was.
        var began: (step: CycleProgress.Step, done: Int, at: Timestamp)?
    }

    private static let pause = Span.milliseconds(100)
    private static let width = 30

    private let log: EventLog
    private let isOn: Bool
    private let state = Mutex(State())

    init(log: EventLog, isOn: Bool = isatty(STDOUT_FILENO) == 1) {
        self.log = log
        self.isOn = isOn
    }

    func record(_ event: Event) {
        guard isOn else { return log.record(event) }
        state.withLock { state in
            write("\r\u{1B}[K")
            log.record(event)
            write(state.shown)
        }
    }

    func show(_ district: String, _ progress: CycleProgress) {
        guard isOn else { return }
        let now = SystemClock().uptime()
        state.withLock { state in
            guard now - state.lastDraw >= Self.pause else { return }
            state.lastDraw = now
            if state.began?.step != progress.step || progress.done < state.began?.done ?? 0 {
                state.began = (progress.step, progress.done, now)
            }
            let left = state.began.flatMap { Self.left(progress, since: $0.done, in: now - $0.at) }
            state.shown = Self.text(district, progress) + (left.map { ", about \(Words.length($0)) left" } ?? "")
            write("\r\u{1B}[K" + state.shown)
        }
    }

    /// Takes the line away, at the end.
    func clear() {
        guard isOn else { return }
        state.withLock { state in
            state.shown = ""
            write("\r\u{1B}[K")
        }
    }

    /// How long the rest takes at the pace so far; nil while too little has been seen of it.
    static func left(_ progress: CycleProgress, since first: Int, in time: Span) -> Span? {
        let done = progress.done - first
        guard let total = progress.total, done >= 3, time >= .seconds(3), total > progress.done else { return nil }
        return .milliseconds(time.milliseconds * Int64(total - progress.done) / Int64(done))
    }

    static func text(_ district: String, _ progress: CycleProgress) -> String {
        guard let total = progress.total, total > 0 else { return "\(district): \(progress.step.rawValue) …" }
        let filled = min(progress.done, total) * width / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\(district): \(progress.step.rawValue) \(bar) \(min(progress.done, total))/\(total)"
    }

    private func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}
