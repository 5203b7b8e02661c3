import AttendanceCore
import Testing

@Suite struct RetryAfterTests {
    @Test(arguments: [("0", 0), ("1", 1), ("5", 5), (" 30 ", 30), ("\t7", 7), ("604800", 604_800)])
    func readsDelaySeconds(header: String, seconds: Int64) {
        #expect(RetryAfter.delay(header) == .seconds(seconds))
    }

    @Test(arguments: [
        nil, "", " ", "-1", "1.5", "soon", "Fri, 07 Nov 2025 23:59:59 GMT", "604801", "99999999999999999999", "5 5",
    ])
    func anythingElseSaysNothing(header: String?) {
        #expect(RetryAfter.delay(header) == nil)
    }

    @Test func waitsUntilTheResetAndNotBackwards() {
        let now = Timestamp(milliseconds: 100_500)
        #expect(RetryAfter.untilReset("130", now: now) == .milliseconds(29_500))
        #expect(RetryAfter.untilReset(" 101 ", now: now) == .milliseconds(500))
        #expect(RetryAfter.untilReset("100", now: now) == .zero)
        #expect(RetryAfter.untilReset("1", now: now) == .zero)
    }

    @Test(arguments: [nil, "", "0", "-5", "soon", "9223372036854775807", "9223372036854775", "99999999999999999999"])
    func aResetThatIsNoTimeSaysNothing(header: String?) {
        #expect(RetryAfter.untilReset(header, now: Timestamp(seconds: 100)) == nil)
    }
}
