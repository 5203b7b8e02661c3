/// Everything that changes about the sandbox's Clever.
struct CleverState: Sendable {
    let token: String
    var attendance: CleverAttendance
    var rate: CleverRateLimit
    /// `state` of the district: `running pending error paused "" success`.
    var districtState = "running"
    var pages = PageCache()
    /// The `attendance.csv` that was processed last.
    var lastFile: FileStamp?
    /// Files that were processed, or refused as a whole.
    var ingestions = WatchedLog<IngestionReport>()
    var skewMilliseconds: Int64 = 0
    /// Every request is answered 401.
    var isRevoked = false
}
