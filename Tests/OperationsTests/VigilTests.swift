import AttendanceCore
import Operations
import Testing

@Suite struct VigilTests {
    private func at(_ span: Span) -> Timestamp { Timestamp(milliseconds: 0) + span }

    @Test func saysWhenNoCycleHasSucceededForLongAndAgainEachHour() {
        var vigil = Vigil(pollInterval: .minutes(10), now: at(.zero))
        #expect(vigil.look(hasMoved: true, now: at(.minutes(30))) == [])
        #expect(vigil.look(hasMoved: true, now: at(.minutes(31))) == [.overdue(.minutes(31))])
        #expect(vigil.look(hasMoved: true, now: at(.minutes(60))) == [])
        #expect(vigil.look(hasMoved: true, now: at(.minutes(91))) == [.overdue(.minutes(91))])
        vigil.succeeded(now: at(.minutes(92)))
        #expect(vigil.look(hasMoved: true, now: at(.minutes(122))) == [])
        #expect(vigil.look(hasMoved: true, now: at(.minutes(123))) == [.overdue(.minutes(31))])
    }

    @Test func aShortPollIntervalIsNoReasonToBeImpatient() {
        #expect(Vigil.limit(.seconds(1)) == .minutes(15))
        #expect(Vigil.limit(.hours(1)) == .hours(3))
    }

    @Test func saysOnceThatACycleStandsStill() {
        var vigil = Vigil(pollInterval: .hours(1), now: at(.zero))
        #expect(vigil.look(hasMoved: false, now: at(.minutes(14))) == [])
        #expect(vigil.look(hasMoved: false, now: at(.minutes(15))) == [.stalled(.minutes(15))])
        #expect(vigil.look(hasMoved: false, now: at(.minutes(40))) == [])
        #expect(vigil.look(hasMoved: true, now: at(.minutes(41))) == [])
        #expect(vigil.look(hasMoved: false, now: at(.minutes(57))) == [.stalled(.minutes(16))])
    }
}
