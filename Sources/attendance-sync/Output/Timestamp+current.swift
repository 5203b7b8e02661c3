import AttendanceCore
import SyncEngine

extension Timestamp {
    /// Now, by the machine's clock.
    static var current: Timestamp { SystemClock().now() }
}
