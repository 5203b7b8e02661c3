import AttendanceCore
import Testing

@Suite struct StatusTests {
    @Test func hasSchoologysFourCodes() {
        #expect(
            Status.allCases.map { "\($0.rawValue) \($0)" } == ["1 present", "2 absent", "3 late", "4 excused"])
        #expect(Status(rawValue: 0) == nil)
        #expect(Status(rawValue: 5) == nil)
    }

    @Test func readsItsOwnNamesAndNoOthers() {
        for status in Status.allCases { #expect(Status(name: "\(status)") == status) }
        for name in ["", "Present", "tardy", "late ", "1"] { #expect(Status(name: name) == nil) }
    }

    @Test func readsCleversNamesAndNoOthers() {
        for status in CleverStatus.allCases { #expect(CleverStatus(name: "\(status)") == status) }
        for name in ["", "Present", "late", "excused", "2"] { #expect(CleverStatus(name: name) == nil) }
    }

    @Test func aSectionsRecordOutranksADailyOne() {
        let old = CleverMark(status: .present, excuseCode: nil, lastModified: Timestamp(seconds: 1), daily: false)
        let new = CleverMark(status: .absent, excuseCode: "E", lastModified: Timestamp(seconds: 9), daily: true)
        #expect(CleverMark.effective(section: old, daily: new) == old)
        #expect(CleverMark.effective(section: nil, daily: new) == new)
        #expect(CleverMark.effective(section: old, daily: nil) == old)
        #expect(CleverMark.effective(section: nil, daily: nil) == nil)
    }

    @Test func eachSideHasTheOther() {
        for side in Side.allCases {
            #expect(side.other != side)
            #expect(side.other.other == side)
        }
    }
}
