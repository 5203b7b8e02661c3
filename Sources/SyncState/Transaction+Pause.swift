import AttendanceCore
import GRDB

extension Transaction {
    /// The pause that is in force at that time.
    public func pause(now: Timestamp) throws -> Pause? {
        guard let pause = try storedPause() else { return nil }
        return pause.until.map { $0 > now } ?? true ? pause : nil
    }

    /// The pause that was asked for and not taken back, over or not.
    public func storedPause() throws -> Pause? {
        guard let since = try number(.pausedAt) else { return nil }
        return Pause(
            since: Timestamp(milliseconds: since), until: try number(.pausedUntil).map(Timestamp.init(milliseconds:)),
            by: try text(.pausedBy) ?? "", reason: try text(.pauseReason))
    }

    /// Nil: writing goes on.
    public func set(_ pause: Pause?) throws {
        try set(.pausedAt, pause?.since.milliseconds)
        try set(.pausedUntil, pause?.until?.milliseconds)
        try set(.pausedBy, text: pause?.by)
        try set(.pauseReason, text: pause?.reason)
    }
}
