import AttendanceCore
import Testing

@testable import Simulation

@Suite struct LedgerTests {
    private static let key = Ledger.Key(place: 0, day: Day(number: 20_000))

    private static func at(_ second: Int64) -> Timestamp { Timestamp(seconds: second) }

    @Test func presentIsWhatBothSaidInTheBeginning() {
        let history = Ledger()[Self.key]
        #expect(history.value(.clever) == .present)
        #expect(history.value(.schoology) == .present)
    }

    @Test func aSideThatSaysTheSameAgainHasNotChanged() {
        var ledger = Ledger()
        let isFirst = ledger.note(Self.key, .clever, .absent, by: .office, at: Self.at(1))
        let isSecond = ledger.note(Self.key, .clever, .absent, by: .office, at: Self.at(2))
        #expect(isFirst && !isSecond)
        #expect(ledger[Self.key].clever.count == 1)
    }

    @Test func anAgreementBeginsWhenTheSecondSideFollows() {
        var ledger = Ledger()
        ledger.note(Self.key, .clever, .absent, by: .office, at: Self.at(1))
        #expect(!ledger[Self.key].agreed(on: .absent, since: Self.at(1)))
        ledger.note(Self.key, .schoology, .absent, by: .sync, at: Self.at(5))
        #expect(ledger[Self.key].agreed(on: .absent, since: Self.at(1)))
        #expect(ledger[Self.key].agreed(on: .absent, since: Self.at(5)))
        #expect(!ledger[Self.key].agreed(on: .absent, since: Self.at(6)))
    }

    @Test func onlyWhatBothSaidOrWasBroughtToOneCanBeTheBase() {
        var ledger = Ledger()
        ledger.note(Self.key, .clever, .absent, by: .office, at: Self.at(1))
        ledger.note(Self.key, .clever, .late, by: .office, at: Self.at(2))
        ledger.note(Self.key, .schoology, .absent, by: .teacher, at: Self.at(3))
        #expect(ledger[Self.key].canHaveBeenBase(.present, before: Self.at(0)))
        #expect(!ledger[Self.key].canHaveBeenBase(.absent, before: Self.at(9)))
        ledger.note(Self.key, .schoology, .excused, by: .sync, at: Self.at(4))
        #expect(ledger[Self.key].canHaveBeenBase(.excused, before: Self.at(5)))
        #expect(!ledger[Self.key].canHaveBeenBase(.excused, before: Self.at(4)))
        ledger.note(Self.key, .schoology, .late, by: .teacher, at: Self.at(6))
        #expect(ledger[Self.key].canHaveBeenBase(.late, before: Self.at(7)))
        #expect(!ledger[Self.key].canHaveBeenBase(.late, before: Self.at(6)))
    }

    @Test func whatASideSaidIsForgottenOnceItSaysSomethingElse() {
        var ledger = Ledger()
        ledger.note(Self.key, .clever, .absent, by: .office, at: Self.at(10))
        ledger.note(Self.key, .clever, .late, by: .office, at: Self.at(20))
        let history = ledger[Self.key]
        #expect(history.said(.present, .clever, since: Self.at(9)))
        #expect(!history.said(.present, .clever, since: Self.at(10)))
        #expect(history.said(.absent, .clever, since: Self.at(19)))
        #expect(!history.said(.absent, .clever, since: Self.at(20)))
        #expect(history.said(.late, .clever, since: Self.at(1000)))
        #expect(!history.said(.excused, .clever, since: Self.at(0)))
    }
}
