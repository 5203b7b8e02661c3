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
            state.shown = Self.text(district, progress)
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

    static func text(_ district: String, _ progress: CycleProgress) -> String {
        guard let total = progress.total, total > 0 else { return "\(district): \(progress.step.rawValue) …" }
        let filled = min(progress.done, total) * width / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
        return "\(district): \(progress.step.rawValue) \(bar) \(min(progress.done, total))/\(total)"
    }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
