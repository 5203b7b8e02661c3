import AttendanceCore
import Testing

@Suite struct EnrollmentChoiceTests {
    @Test func takesTheOnlyActiveMember() {
        #expect(choose((1, 1, false)) == .found(1))
        #expect(choose((9, 5, false), (1, 1, false), (8, 2, false)) == .found(1))
        #expect(choose((9, 1, true), (1, 1, false)) == .found(1))
    }

    @Test func twoActiveMembershipsAreRefused() {
        #expect(choose((1, 1, false), (2, 1, false)) == .ambiguous)
    }

    @Test(arguments: EnrollmentStatus.allCases.filter { $0 != .active })
    func anInactiveMemberIsNotWritten(status: EnrollmentStatus) {
        #expect(choose((1, status.rawValue, false)) == .inactive(status: status.rawValue))
    }

    @Test func aStatusThatIsNotDocumentedIsNotActive() {
        #expect(choose((1, 0, false)) == .inactive(status: 0))
        #expect(choose((1, 6, false)) == .inactive(status: 6))
    }

    @Test func aTeacherHasNoMark() {
        #expect(choose((1, 1, true)) == .teacher)
        #expect(choose((1, 1, true), (2, 3, false)) == .inactive(status: 3))
    }

    @Test func whoIsNotThereIsNotEnrolled() {
        #expect(EnrollmentChoice.choose([]) == .notEnrolled)
    }

    private func choose(_ candidates: (Int64, Int, Bool)...) -> EnrollmentChoice {
        EnrollmentChoice.choose(candidates.map { EnrollmentCandidate(id: $0.0, status: $0.1, isAdmin: $0.2) })
    }
}
