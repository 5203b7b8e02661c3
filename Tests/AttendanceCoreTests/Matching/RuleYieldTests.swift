import AttendanceCore
import Testing

/// How many ids a rule finds, and what the others would be found by.
@Suite struct RuleYieldTests {
    @Test func countsWhatIsThereAndWhatIsEmpty() {
        let yield = RuleYield(["1", "2", nil, "", "9"], in: ["1", "2", "3"])
        #expect(yield.looked == 5)
        #expect(yield.filled == 3)
        #expect(yield.exact == 2)
        #expect(yield.more == [:])
    }

    @Test(arguments: [
        ("S1 ", "S1", RuleYield.Difference.spaces), (" S 1", "S1", .spaces), ("s1", "S1", .letterCase),
        ("0012", "12", .leadingZeros), ("12", "000012", .leadingZeros),
    ])
    func namesTheOneDifference(clever: String, schoology: String, difference: RuleYield.Difference) {
        #expect(RuleYield([clever], in: [schoology]).more == [difference: 1])
    }

    @Test func zerosAloneAreNobody() {
        #expect(RuleYield(["000"], in: ["0", ""]).more == [:])
    }

    @Test func spellingsBeginWithTheIdItself() {
        #expect(RuleYield.spellings(of: " 00aB ") == [" 00aB ", "00aB", " 00ab ", " 00AB "])
        #expect(RuleYield.spellings(of: "0042") == ["0042", "42"])
        #expect(RuleYield.spellings(of: "42") == ["42"])
    }
}
