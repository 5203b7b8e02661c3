import AttendanceCore
import SchoologyAPI
import SyncState

/// One section being visited.
struct PushSection {
    var entry: PushQueue.Entry
    var schoologyID: Int64
    /// It answered 410 a day ago, and is tried again.
    var wasSuspended: Bool
    var items: [OutboxItem]
    /// The days that are read.
    var window: ClosedRange<Day>
    /// When the whole window was read before this.
    var lastReadAt: Timestamp?
    /// The time of day at which the reading began.
    var readBegunAt = Timestamp(milliseconds: 0)
    /// The uptime at which its marks were read.
    var readAt = Timestamp(milliseconds: .min / 2)
}

/// One mark about to be sent.
struct PendingWrite {
    var item: OutboxItem
    var enrollment: Int64
    var status: Status
    /// As it was read: a PUT without it would clear it. Never stored, never logged.
    var comment: String?

    var wireItem: AttendanceItem {
        AttendanceItem(enrollmentID: String(enrollment), day: item.key.day, status: status, comment: comment)
    }
}
