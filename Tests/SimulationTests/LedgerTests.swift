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
