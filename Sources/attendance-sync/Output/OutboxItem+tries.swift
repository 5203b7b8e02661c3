import AttendanceCore
import SyncState

extension OutboxItem {
    /// How often it was sent. A cycle that has given it up is counted as a round; its tries stay on the row until the
    /// next begins.
    var tries: Int { rounds * RetryPolicy.triesInACycle + attempts % RetryPolicy.triesInACycle }
}
