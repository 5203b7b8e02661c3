import SeededRandom
import AttendanceCore
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2025-04-08T23:45:50.000Z", 1_744_155_950_000),
        ("2025-04-08T23:45:50Z", 1_744_155_950_000),
        ("2025-04-08t23:45:50z", 1_744_155_950_000),
        ("2025-04-08 23:45:50Z", 1_744_155_950_000),
        ("2025-04-08T23:45:50.1Z", 1_744_155_950_100),
        ("2025-04-08T23:45:50.12Z", 1_744_155_950_120),
        ("2025-04-08T23:45:50.123456789Z", 1_744_155_950_123),
        ("2025-04-08T18:45:50-05:00", 1_744_155_950_000),
        ("2025-04-09T05:15:50.5+05:30", 1_744_155_950_500),
        ("2025-04-08T23:45:50+00:00", 1_744_155_950_000),
        ("2025-04-08T23:45:50-00:00", 1_744_155_950_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("1969-12-31T23:59:59.999Z", -1),
    ])
    func readsEveryFormOfRFC3339(text: String, milliseconds: Int64) {
        #expect(Timestamp(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2025-04-08", "2025-04-08T23:45Z", "2025-04-08T23:45:50", "2025-04-08T24:00:00Z", "2025-04-08T23:60:00Z",
        "2025-04-08T23:45:61Z", "2025-04-08T23:45:50.Z", "2025-04-08T23:45:50.1", "2025-04-08T23:45:50ZZ",
        "2025-04-08T23:45:50+0500", "2025-04-08T23:45:50+05", "2025-04-08T23:45:50+05:0", "2025-04-08T23:45:50+05:000",
        "2025-04-08T23:45:50+24:00", "2025-04-08T23:45:50+00:60", "2025-04-08T23:45:50+99:99",
        "2025-02-30T23:45:50Z", "2025-04-08_23:45:50Z", "2025-04-08T2x:45:50Z", "2025-04-08T23-45-50Z", "1744155950",
        "2025-04-08T23:45:50,5Z", "2025-04-08T23:45:50 Z",
    ])
    func refusesWhatIsNoMoment(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func readsBackWhatItPrints() {
        var random = SeededGenerator(seed: 3)
        // 1900 to 2200.
        for _ in 0..<5000 {
            let time = Timestamp(milliseconds: .random(in: -2_208_988_800_000...7_258_118_400_000, using: &random))
            #expect(Timestamp(time.description) == time)
        }
        for milliseconds: Int64 in [-86_400_001, -86_400_000, -1, 0, 999, 86_399_999, 86_400_000] {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(time.description) == time)
        }
    }

    @Test func printsAsCleverWritesIt() {
        #expect(Timestamp(milliseconds: 1_744_155_950_007).description == "2025-04-08T23:45:50.007Z")
        #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }

    @Test func belongsToItsUTCDate() throws {
        #expect(Timestamp(milliseconds: 0).day.number == 0)
        #expect(Timestamp(milliseconds: 86_399_999).day.number == 0)
        #expect(Timestamp(milliseconds: 86_400_000).day.number == 1)
        #expect(Timestamp(milliseconds: -1).day.number == -1)
    }

    @Test func roundsSecondsDown() {
        #expect(Timestamp(milliseconds: 1999).seconds == 1)
        #expect(Timestamp(milliseconds: -1).seconds == -1)
        #expect(Timestamp(seconds: -5).seconds == -5)
        // The last second of the year 9999.
        #expect(Timestamp(milliseconds: 253_402_300_799_999).seconds == 253_402_300_799)
    }

    @Test func addsAndSubtractsSpans() {
        let time = Timestamp(seconds: 100)
        #expect(time + .seconds(5) == Timestamp(seconds: 105))
        #expect(time - .minutes(1) == Timestamp(seconds: 40))
        #expect(Timestamp(seconds: 105) - time == .seconds(5))
        #expect(time < time + .milliseconds(1))
    }
}
