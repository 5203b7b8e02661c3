import AttendanceCore

/// Time, as the engine sees it.
public protocol EngineClock: Sendable {
    /// The time of day. May jump.
    func now() -> Timestamp
    /// Time since the machine was powered on, in milliseconds. Never goes backwards.
    func uptime() -> Timestamp
    /// Returns at that uptime, or at once when `interrupt` is called, whichever comes first.
    func sleep(until uptime: Timestamp) async
    /// Ends every sleep, now and from now on.
    func interrupt()
}
