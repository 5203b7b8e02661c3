import AttendanceCore
import Testing

@Suite struct StatusMapTests {
    @Test(arguments: [
        (CleverStatus.present, nil, Status.present), (.present, "", .present), (.present, "E", .present),
        (.present, "ZZ", .present),
        (.absent, nil, .absent), (.absent, "", .absent), (.absent, "E", .excused), (.absent, "MED", .excused),
        (.absent, "ZZ", .absent), (.absent, "e", .absent), (.absent, " E", .absent), (.absent, "none", .absent),
        (.absent, "*", .absent),
        (.tardy, nil, .late), (.tardy, "", .late), (.tardy, "E", .late), (.tardy, "ZZ", .late),
    ])
    func theDefaultReadsEveryStatusAndKindOfCode(status: CleverStatus, code: String?, expected: Status) {
        #expect(StatusMap.standard.status(of: status, excuseCode: code) == expected)
    }

    @Test func eachStatusHasItsOwnRowAndEachKindOfCodeItsOwnEntry() {
        let map = StatusMap(
            present: .init(withoutCode: .present, codes: ["A": .late], anyOtherCode: .excused),
            absent: .init(withoutCode: .absent, codes: ["A": .excused], anyOtherCode: .late),
            tardy: .init(withoutCode: .late, codes: ["A": .absent], anyOtherCode: .present), toClever: [:])
        // An empty code is none.
        let codes: [String?] = [nil, "", "A", "B"]
        let expected: [CleverStatus: [Status?]] = [
            .present: [.present, .present, .late, .excused], .absent: [.absent, .absent, .excused, .late],
            .tardy: [.late, .late, .absent, .present],
        ]
        for status in CleverStatus.allCases {
            #expect(codes.map { map.status(of: status, excuseCode: $0) } == expected[status])
        }
    }

    @Test func whatTheMapDoesNotNameIsNotGuessed() {
        var map = StatusMap.standard
        map.absent = StatusMap.Row(withoutCode: nil, codes: ["E": .excused], anyOtherCode: nil)
        #expect(map.status(of: .absent, excuseCode: nil) == nil)
        #expect(map.status(of: .absent, excuseCode: "ZZ") == nil)
        #expect(map.status(of: .absent, excuseCode: "E") == .excused)
    }

    @Test func theDefaultReturnsFromClever() {
        #expect(StatusMap.standard.statusesThatDoNotReturn.isEmpty)
    }

    @Test func namesEachStatusThatDoesNotReturn() {
        var map = StatusMap.standard
        map.toClever[.excused] = StatusMap.CleverValue(status: .absent, excuseCode: "X")
        #expect(map.statusesThatDoNotReturn == [.excused])
        map.toClever[.late] = nil
        #expect(map.statusesThatDoNotReturn == [.late, .excused])
        map.toClever = [:]
        #expect(map.statusesThatDoNotReturn == Status.allCases)
        map = .standard
        map.tardy.withoutCode = nil
        #expect(map.statusesThatDoNotReturn == [.late])
    }
}
