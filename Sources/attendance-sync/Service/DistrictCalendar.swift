import AttendanceCore
import Foundation

/// Days in a district's time zone.
struct DistrictCalendar: Sendable {
    private let zone: TimeZone

    init(_ settings: DistrictSettings) {
        zone = TimeZone(identifier: settings.timezone) ?? .gmt
    }

    /// How far the clocks there are ahead of UTC at that moment.
    func offset(at time: Timestamp) -> Span {
        .seconds(Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))))
    }

    func day(of time: Timestamp) -> Day { (time + offset(at: time)).day }

    /// When the day begins: 00:00, or the first time there is where the clocks skip that.
    func start(of day: Day) -> Timestamp {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let (year, month, number) = day.civil
        let noon = calendar.date(from: DateComponents(year: year, month: month, day: number, hour: 12)) ?? .distantPast
        return Timestamp(milliseconds: Int64((calendar.startOfDay(for: noon).timeIntervalSince1970 * 1000).rounded()))
    }
}
