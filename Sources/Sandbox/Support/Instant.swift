/// A moment: milliseconds since 1970-01-01T00:00:00Z, the precision of Clever's timestamps.
public struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public init(day: CalendarDay, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0) {
        let seconds = Int64(day.epochDay) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        milliseconds = seconds * 1000 + Int64(millisecond)
    }

    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    public func adding(milliseconds: Int64) -> Instant {
        Instant(milliseconds: self.milliseconds + milliseconds)
    }

    public func adding(seconds: Int) -> Instant {
        adding(milliseconds: Int64(seconds) * 1000)
    }

    /// Whole seconds since the epoch, rounded down.
    public var unixSeconds: Int64 {
        milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000
    }

    /// The UTC day.
    public var day: CalendarDay {
        let seconds = unixSeconds
        return CalendarDay(epochDay: Int32(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
    }

    /// ISO 8601 in UTC with milliseconds, as Clever writes it: `2025-04-08T23:45:50.000Z`.
    public var description: String {
        let (hour, minute, second) = clock
        let fraction = Int(milliseconds - unixSeconds * 1000)
        return "\(day)T\(padded(hour, to: 2)):\(padded(minute, to: 2)):\(padded(second, to: 2))."
            + "\(padded(fraction, to: 3))Z"
    }

    /// IMF-fixdate (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
    public var httpDate: String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let civil = day.civil
        let (hour, minute, second) = clock
        let weekday = (Int(day.epochDay) % 7 + 7) % 7
        return "\(weekdays[weekday]), \(padded(civil.day, to: 2)) \(months[civil.month - 1]) \(civil.year) "
            + "\(padded(hour, to: 2)):\(padded(minute, to: 2)):\(padded(second, to: 2)) GMT"
    }

    private var clock: (hour: Int, minute: Int, second: Int) {
        let second = Int(unixSeconds - Int64(day.epochDay) * 86_400)
        return (second / 3600, second / 60 % 60, second % 60)
    }
}
