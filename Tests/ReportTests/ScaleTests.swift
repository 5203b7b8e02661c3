import AttendanceCore
import Testing

@testable import Report

/// Axes and the words for numbers.
@Suite struct ScaleTests {
    @Test(arguments: [(0, 1), (1, 1), (4, 4), (7, 8), (68, 80), (100, 100), (101, 150), (99_999, 100_000)])
    func endsOnARoundNumberThatHoldsEverything(maximum: Int, top: Int) {
        let scale = Scale(maximum: maximum)
        #expect(scale.top == top)
        #expect(scale.top >= maximum)
        #expect((2...6).contains(scale.ticks.count))
    }

    @Test(arguments: [(1, 1), (50, 50), (700, 900), (3600, 3600), (50_000, 54_000), (40_000_000, 40_000_000)])
    func timesEndOnWhatClocksHave(seconds: Int, top: Int) {
        let scale = Scale(seconds: seconds)
        #expect(scale.top == top)
        #expect((2...6).contains(scale.ticks.count))
    }

    @Test func writesNumbersDaysAndLengths() {
        #expect([0, 12, 1234, 1_234_567].map(Format.number) == ["0", "12", "1,234", "1,234,567"])
        #expect(Format.long(Day("2026-11-03")!) == "Tue 3 Nov 2026")
        #expect(Format.weekday(Day("1969-12-28")!) == 0)
        #expect(
            [0, 900, 45_000, 720_000, 12_600_000, 7_200_000, 345_600_000].map {
                Format.length(.milliseconds($0))
            } == ["under 1 s", "under 1 s", "45 s", "12 min", "3.5 h", "2 h", "4 days"])
    }

    @Test func escapesWhatWouldBeMarkup() {
        #expect(
            Markup.escape("<a href=\"x\">'&'</a>\u{0}\n")
                == "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\u{FFFD}\n")
    }
}
