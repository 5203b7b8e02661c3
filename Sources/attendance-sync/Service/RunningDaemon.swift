import AttendanceCore
import Configuration
import Glibc
import SyncState

/// The daemon of a district, as another process sees it: through the state, and with a signal that says there is news.
struct RunningDaemon {
    let process: pid_t

    /// Nil where nobody holds the state.
    init?(_ district: String, _ loaded: LoadedConfiguration) {
        guard let process = SyncState.holder(directory: loaded.configuration.stateDirectory, district: district) else {
            return nil
        }
        self.process = process
    }

    /// Has it look at the state now. Where that isn't allowed (it is another user's), it does so with its next cycle.
    ///
    /// - Returns: whether it was told.
    @discardableResult
    func wake() -> Bool { process > 0 && kill(process, SIGUSR1) == 0 }

    /// Wakes the district's daemon, and says when what was decided happens.
    static func tell(_ district: String, _ loaded: LoadedConfiguration) -> String {
        guard let daemon = RunningDaemon(district, loaded) else {
            return "No daemon is running: the next cycle (`\(typed("once --district \(district)"))`) does it."
        }
        return daemon.wake() ? "The daemon does it now." : "The daemon does it with its next cycle."
    }
}
