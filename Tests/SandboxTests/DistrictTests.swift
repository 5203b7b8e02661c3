import Testing

@testable import Sandbox

@Suite struct DistrictTests {
    private func plan(seed: UInt64 = 7, students: Int = 500) -> DistrictPlan {
        DistrictPlan(seed: seed, students: students, today: Bench.today, days: 3)
    }

    @Test func makesTheSameDistrictFromTheSamePlan() async throws {
        let one = try await LocalSandbox.start(plan())
        let two = try await LocalSandbox.start(plan())
        #expect(one.pairs() == two.pairs())
        let records = one.cleverRecords(from: Bench.today, to: Bench.today, includingPresent: true)
        let others = two.cleverRecords(from: Bench.today, to: Bench.today, includingPresent: true)
        #expect(records.map(\.status) == others.map(\.status))
        #expect(records.map(\.student) == others.map(\.student))
        #expect(one.settings.cleverToken == two.settings.cleverToken)
    }

    @Test func makesAnotherDistrictFromAnotherSeed() async throws {
        let one = try await LocalSandbox.start(plan())
        let two = try await LocalSandbox.start(plan(seed: 8))
        #expect(Set(one.studentIDs).isDisjoint(with: two.studentIDs))
    }

    @Test func marksAboutNinetyTwoPercentPresent() async throws {
        let sandbox = try await LocalSandbox.start(plan(students: 1000))
        let records = sandbox.cleverRecords(from: "2026-01-12", to: Bench.today, includingPresent: true)
        let present = Double(records.count { $0.status == "present" }) / Double(records.count)
        #expect((0.90...0.94).contains(present))
        #expect(Set(records.compactMap(\.excuseCode)).isSuperset(of: ["E", "MED", "TRIP", "X9"]))
    }

    @Test func holdsEveryOddityOfARealDistrict() {
        let district = DistrictBuilder.build(plan())
        #expect(district.students.contains { $0.user < 0 })
        #expect(district.students.contains { $0.sharing == .unshared })
        #expect(district.sections.contains { $0.counterpart < 0 })
        #expect(district.users.contains { $0.schoolUID.isEmpty })
        #expect(district.usersBySchoolUID.values.contains { $0.count > 1 })
        #expect(district.sectionsByCode.values.contains { $0.count > 1 })
        #expect(Set(district.enrollments.map(\.status)) == [1, 2, 5])
        #expect(district.schoologySections.contains { $0.schoolCode.isEmpty })
        #expect(
            district.schoologySections.contains { $0.schoolCode.hasPrefix("CLUB") } || district.sections.count < 200)
    }

    @Test func matchesEveryoneInATidyDistrict() {
        var tidy = plan()
        tidy.oddities = .none
        let district = DistrictBuilder.build(tidy)
        for section in district.sections.indices {
            for student in district.sections[section].students {
                #expect(district.counterpart(student: Int(student), section: section) != nil)
            }
        }
    }

    @Test(arguments: ["2024-02-29", "1970-01-01", "1999-12-31", "2026-03-08", "2000-03-01"])
    func readsAndWritesADay(text: String) {
        #expect(CalendarDay(text)?.description == text)
    }

    @Test(arguments: ["2023-02-29", "2026-13-01", "26-01-01", "2026-1-1", "0", "", "2026-01-01T00", "+026-01-01"])
    func refusesWhatIsNoDay(text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func writesTimesAsTheAPIsDo() {
        let moment = Instant(day: "1994-11-06", hour: 8, minute: 49, second: 37, millisecond: 42)
        #expect(moment.description == "1994-11-06T08:49:37.042Z")
        #expect(moment.httpDate == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}
