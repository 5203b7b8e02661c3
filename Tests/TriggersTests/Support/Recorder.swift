import AttendanceCore
import Synchronization
import Triggers

/// A handler that remembers.
final class Recorder: Sendable {
    private let state = Mutex<[[TriggerNotice]]>([])
    let answer: Bool

    init(answer: Bool = true) {
        self.answer = answer
    }

    var calls: [[TriggerNotice]] { state.withLock { $0 } }

    var handler: TriggerListener.Handler {
        { notices in
            self.state.withLock { $0.append(notices) }
            return self.answer
        }
    }
}
