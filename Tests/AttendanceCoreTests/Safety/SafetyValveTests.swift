import AttendanceCore
import Testing

@Suite struct SafetyValveTests {
    private static let settings = SafetySettings()

    @Test func hasTheDocumentedThresholds() {
        #expect(Self.settings.holdAboveCount == 200)
        #expect(Self.settings.holdAbovePercent == 20)
        #expect(SafetyValve.smallestSchool == 20)
    }

    /// 200 changes and 20 % are the defaults; both have to be exceeded, and neither is exceeded by being reached.
    @Test(arguments: [
        (200, 100, false), (201, 1004, true), (201, 1005, false), (201, 1006, false), (201, 100_000, false),
        (1000, 5000, false), (1001, 5000, true), (0, 0, false), (201, 0, true), (150, 200, false),
    ])
    func holdsABatchPastBothThresholds(changes: Int, enrollments: Int, isHeld: Bool) {
        let batch = batch(changes: changes, enrollments: enrollments)
        #expect(
            SafetyValve.reasons(batch, Self.settings)
                == (isHeld ? [.tooMany(changes: changes, enrollments: enrollments)] : []))
    }

    @Test func theThresholdsAreTheDistricts() {
        var settings = SafetySettings()
        settings.holdAboveCount = 0
        settings.holdAbovePercent = 0
        #expect(SafetyValve.reasons(batch(changes: 1, enrollments: 1000), settings).count == 1)
        #expect(SafetyValve.reasons(batch(changes: 0, enrollments: 1000), settings).isEmpty)
    }

    /// Enrollments are counted only until it is clear that a batch may go.
    @Test func enrollmentsBeyondThoseThatMatterChangeNothing() {
        for percent in [0, 1, 3, 20, 33, 100, 250] {
            var settings = Self.settings
            (settings.holdAboveCount, settings.holdAbovePercent) = (10, percent)
            for changes in 0...60 {
                for enrollments in 0...400 {
                    let enough = SafetyValve.enrollmentsThatMatter(changes: changes, settings)
                    #expect(
                        SafetyValve.reasons(batch(changes: changes, enrollments: enrollments), settings)
                            == SafetyValve.reasons(
                                batch(changes: changes, enrollments: min(enrollments, enough)), settings))
                }
            }
        }
    }

    /// And so are a school's students.
    @Test func studentsBeyondThoseThatMatterChangeNothing() {
        for (before, now) in [(0, 0), (1, 0), (2, 0), (9, 0), (2, 1), (0, 40)] {
            for absent in 0...30 {
                for late in [0, 1, 19, 20, 21, 30] {
                    let statuses = [Status.absent: absent, .late: late].filter { $0.value > 0 }
                    let enough = SafetyValve.studentsThatMatter(
                        marksBefore: before, marksNow: now, statuses: statuses)
                    for students in 0...70 {
                        let whole = school(students: students, before: before, now: now, statuses: statuses)
                        let counted = school(
                            students: min(students, enough), before: before, now: now, statuses: statuses)
                        #expect(reasons(counted) == reasons(whole))
                    }
                }
            }
        }
    }

    @Test func holdsASchoolThatComesBackEmpty() {
        #expect(reasons(school(students: 20, before: 2, now: 0)) == [.emptied(school: 7, before: 2)])
        #expect(reasons(school(students: 20, before: 1, now: 0)).isEmpty)
        #expect(reasons(school(students: 20, before: 5, now: 1)).isEmpty)
        #expect(reasons(school(students: 20, before: 0, now: 0)).isEmpty)
    }

    @Test(arguments: Status.allCases)
    func holdsASchoolWhereEveryStudentGetsTheSameMark(status: Status) {
        let same = school(students: 25, before: 3, now: 25, statuses: [status: 25])
        #expect(reasons(same) == (status == .present ? [] : [.everyoneTheSame(school: 7, status)]))
        let allButOne = school(students: 25, before: 3, now: 24, statuses: [status: 24])
        #expect(reasons(allButOne).isEmpty)
    }

    @Test func schoolsTooSmallToJudgeGoOn() {
        #expect(reasons(school(students: 19, before: 5, now: 0)).isEmpty)
        #expect(reasons(school(students: 19, before: 0, now: 19, statuses: [.absent: 19])).isEmpty)
        #expect(reasons(school(students: 0, before: 0, now: 0)).isEmpty)
    }

    @Test func namesEverySchoolAndReason() {
        var other = school(students: 30, before: 0, now: 30, statuses: [.late: 30])
        other.school = 8
        let batch = WriteBatch(
            side: .schoology, day: Day(number: 20_000), changes: 300, enrollments: 300,
            schools: [school(students: 20, before: 2, now: 0), other])
        #expect(
            SafetyValve.reasons(batch, Self.settings) == [
                .tooMany(changes: 300, enrollments: 300), .emptied(school: 7, before: 2),
                .everyoneTheSame(school: 8, .late),
            ])
    }

    private func reasons(_ school: WriteBatch.School) -> [SafetyValve.Reason] {
        var batch = batch(changes: 1, enrollments: 1000)
        batch.schools = [school]
        return SafetyValve.reasons(batch, Self.settings)
    }

    private func batch(changes: Int, enrollments: Int) -> WriteBatch {
        WriteBatch(
            side: .schoology, day: Day(number: 20_000), changes: changes, enrollments: enrollments, schools: [])
    }

    private func school(
        students: Int, before: Int, now: Int, statuses: [Status: Int] = [:]
    ) -> WriteBatch.School {
        WriteBatch.School(school: 7, students: students, marksBefore: before, marksNow: now, statuses: statuses)
    }
}
