import AttendanceCore
import Testing

@Suite struct SpanTests {
    @Test(arguments: [
        ("0s", 0), ("1s", 1000), ("5s", 5000), ("90s", 90_000), ("15m", 900_000), ("1h", 3_600_000),
        ("48h", 172_800_000), ("3d", 259_200_000), ("180d", 15_552_000_000), ("007s", 7000),
        ("36600d", 3_162_240_000_000),
    ])
    func readsANumberAndAUnit(text: String, milliseconds: Int64) {
        #expect(Span(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "s", "5", "5 s", " 5s", "5s ", "+5s", "-5s", "-0s", "1.5h", "1h30m", "5S", "5ms", "5w", "5y", "٥s", "0x5s",
        "36601d", "99999999999999999d", "9223372036854775807s", "9223372036854775808s", "1_000s", "5s\u{301}",
    ])
    func refusesAnythingElse(text: String) {
        #expect(Span(text) == nil)
    }

    @Test(arguments: ["0s", "1s", "90s", "15m", "61m", "1h", "25h", "3d"])
    func printsTheShortestExactForm(text: String) {
        #expect(Span(text)?.description == text)
    }

    @Test func printsTheLargestUnitThatIsExact() {
        #expect(Span.seconds(60).description == "1m")
        #expect(Span.minutes(120).description == "2h")
        #expect(Span.hours(48).description == "2d")
        #expect(Span.milliseconds(1500).description == "1500ms")
    }

    @Test func countsWholeDays() {
        #expect(Span.days(3).wholeDays == 3)
        #expect((Span.days(3) - .milliseconds(1)).wholeDays == 2)
        #expect(Span.hours(23).wholeDays == 0)
    }

    @Test func addsAndMultiplies() {
        #expect(Span.minutes(1) + .seconds(30) == .seconds(90))
        #expect(Span.minutes(1) - .seconds(90) == .seconds(-30))
        #expect(Span.seconds(5) * 3 == .seconds(15))
        #expect(Span.zero < .milliseconds(1))
    }
}
