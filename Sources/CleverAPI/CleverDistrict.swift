import AttendanceCore

/// The token's district (`GET /v3.1/districts`).
public struct CleverDistrict: Sendable, Equatable {
    public var id: String
    /// The last *successful* attendance sync; nil: there was none yet.
    public var lastAttendanceSync: Timestamp?
    /// `running`, `pending`, `error`, `paused`, `success`, or empty.
    public var state: String
    public var pauseStart: Timestamp?
    public var pauseEnd: Timestamp?

    public init(
        id: String, lastAttendanceSync: Timestamp?, state: String, pauseStart: Timestamp? = nil,
        pauseEnd: Timestamp? = nil
    ) {
        self.id = id
        self.lastAttendanceSync = lastAttendanceSync
        self.state = state
        self.pauseStart = pauseStart
        self.pauseEnd = pauseEnd
    }

    /// Clever reads no uploads and freezes the roster, but still answers.
    public var isPaused: Bool { state == "paused" }
}
