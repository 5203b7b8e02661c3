import AttendanceCore

@testable import SyncEngine
@testable import Transport

extension FuzzTarget {
    /// `Retry-After`, `Date` and `X-RateLimit-Reset`, one a line: whatever they say, the wait is one.
    static let headers = FuzzTarget(name: "headers") { input throws(Finding) in
        let values = input.split(separator: 0x0A, maxSplits: 4, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let names = ["Retry-After", "Date", "X-RateLimit-Reset", "X-RateLimit-Remaining"]
        let response = HTTPResponse(status: 429, headers: zip(names, values).map { HTTPHeader($0, $1) })
        let week = Span.days(7)
        for now in [Timestamp(seconds: 0), Timestamp(seconds: 1_800_000_000), Timestamp(seconds: 253_402_300_799)] {
            if let wait = response.retryAfter(now: now) {
                try require(wait >= .zero && wait <= week, "a wait of \(wait)")
            }
            for value in values {
                guard let wait = RetryAfter.untilReset(value, now: now) else { continue }
                try require(wait >= .zero && now + wait <= Timestamp(seconds: 253_402_300_799), "a wait of \(wait)")
            }
        }
        for value in values {
            if let wait = RetryAfter.delay(value) { try require(wait >= .zero && wait <= week, "a wait of \(wait)") }
            if let seconds = HTTPDate.parse(value) { try date(value, seconds) }
            if let day = Day(value) { try require(day.description == value, "\(value) is read as \(day)") }
            if let time = Timestamp(value) {
                try require(Timestamp(time.description) == time || !(1...9999).contains(time.day.civil.year), "\(time)")
                _ = time.seconds
            }
            if let span = Span(value) { try require(Span(span.description) == span, "\(value) is read as \(span)") }
        }
    }

    /// The same moment by `Day` and `Timestamp`, which count by other formulas.
    private static func date(_ text: String, _ seconds: Int64) throws(Finding) {
        let months = "JanFebMarAprMayJunJulAugSepOctNovDec"
        let words = text.split(separator: " ")
        guard words.count == 6, let year = Int(words[3]), let number = Int(words[1]),
            let name = months.firstRange(of: words[2])
        else { throw Finding(what: "\(text) is no date") }
        let month = months.distance(from: months.startIndex, to: name.lowerBound)
        // A day that the month doesn't have is the next month's: no more is promised of it.
        guard let day = Day(year: year, month: month / 3 + 1, day: number) else { return }
        let clock = words[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3 else { throw Finding(what: "\(text) has no time") }
        try require(
            seconds == Int64(day.number) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2],
            "\(text) is read as \(seconds)")
    }
}
