import SeededRandom
import AttendanceCore
import Testing

@Suite struct DailyTargetsTests {
    private static let homeroom = "homeroom/advisory"

    @Test func goesToTheHomeroom() {
        #expect(
            DailyPolicy.homeroom.targets(of: [
                section(1, "math", "1"), section(2, Self.homeroom, "5"), section(3, "art", nil),
            ]) == [2])
    }

    @Test func ofSeveralHomeroomsTheLowestPeriod() {
        #expect(
            DailyPolicy.homeroom.targets(of: [
                section(1, "math", "0"), section(2, Self.homeroom, "10"), section(3, Self.homeroom, "9"),
                section(4, Self.homeroom, nil), section(5, Self.homeroom, "A"),
            ]) == [3])
    }

    @Test func withoutAHomeroomTheFirstSectionByPeriod() {
        #expect(
            DailyPolicy.homeroom.targets(of: [
                section(1, "math", nil), section(2, "art", "10"), section(3, nil, "2"), section(4, "gym", "A"),
            ]) == [3])
    }

    @Test func aNamedPeriodComesBeforeNone() {
        #expect(DailyPolicy.homeroom.targets(of: [section(1, "a", nil), section(2, "b", "B")]) == [2])
        #expect(DailyPolicy.homeroom.targets(of: [section(1, "a", ""), section(2, "b", "B")]) == [2])
        #expect(DailyPolicy.homeroom.targets(of: [section(1, "a", "C"), section(2, "b", "B")]) == [2])
    }

    @Test func ofEqualPeriodsAlwaysTheSameOne() {
        #expect(DailyPolicy.homeroom.targets(of: [section(7, "a", "1"), section(3, "b", "1")]) == [3])
        #expect(DailyPolicy.homeroom.targets(of: [section(7, "a", nil), section(3, "b", nil)]) == [3])
    }

    @Test func theOrderInWhichSectionsComeChangesNothing() {
        let periods: [String?] = [nil, "", "1", "01", "2", "10", "A", "B", "1A", "-1"]
        var sections = periods.enumerated().map { section(Int64($0.offset), "x", $0.element) }
        let expected = DailyPolicy.homeroom.targets(of: sections)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            sections.shuffle(using: &random)
            #expect(DailyPolicy.homeroom.targets(of: sections) == expected)
        }
    }

    @Test func toAllSectionsOrToNone() {
        let sections = [section(3, "math", "1"), section(1, Self.homeroom, "5")]
        #expect(DailyPolicy.allSections.targets(of: sections) == [1, 3])
        #expect(DailyPolicy.none.targets(of: sections).isEmpty)
    }

    @Test(arguments: DailyPolicy.allCases)
    func aStudentWithoutSectionsHasNoTarget(policy: DailyPolicy) {
        #expect(policy.targets(of: []).isEmpty)
    }

    private func section(_ id: Int64, _ subject: String?, _ period: String?) -> DailySection {
        DailySection(section: id, subject: subject, period: period)
    }
}
