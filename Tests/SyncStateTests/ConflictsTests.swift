import AttendanceCore
import Testing

@testable import SyncState

@Suite struct ConflictsTests {
    private let temporary: TemporaryState

    init() throws {
        temporary = try TemporaryState()
    }

    private static let input = MergeInput(
        base: .present, clever: .absent, schoology: .late, cleverModified: Timestamp(seconds: 1),
        schoologySeen: Timestamp(seconds: 2))

    @Test func theSameConflictIsLoggedOnce() throws {
        #expect(try log(Self.input) != nil)
        #expect(try log(Self.input) == nil)
        #expect(try states() == [0])
        #expect(try log(Self.input, key: temporary.key(student: 2)) != nil)
        #expect(try states() == [0, 0])
    }

    @Test func theSameConflictSeenAtOtherTimesIsTheSame() throws {
        _ = try log(Self.input)
        var later = Self.input
        later.schoologySeen = Timestamp(seconds: 99)
        #expect(try log(later) == nil)
    }

    @Test(arguments: [
        MergeInput(base: .present, clever: .absent, schoology: .excused),
        MergeInput(base: .present, clever: .excused, schoology: .late),
        MergeInput(base: .excused, clever: .absent, schoology: .late),
    ])
    func aSideThatMovesAgainBringsTheOpenLineUpToDate(moved: MergeInput) throws {
        let id = try log(Self.input)
        #expect(try log(moved) == id)
        #expect(try states() == [0])
        #expect(try openConflicts() == 1)
    }

    @Test func aDecisionByThePolicyClosesTheOpenLine() throws {
        _ = try log(Self.input)
        #expect(try log(Self.input, outcome: "clever wins: absent", open: false) != nil)
        #expect(try log(Self.input, outcome: "clever wins: absent", open: false) == nil)
        #expect(try states() == [1])
        #expect(try openConflicts() == 0)
    }

    @Test func aConflictDissolvesWhenTheSidesAgree() throws {
        _ = try log(Self.input)
        _ = try log(Self.input, key: temporary.key(student: 2))
        try temporary.write { try $0.dissolveConflict(temporary.key(), now: TemporaryState.now) }
        #expect(try states() == [2, 0])
        // What comes up again afterwards is a conflict of its own.
        #expect(try log(Self.input) != nil)
        #expect(try states() == [2, 0, 0])
    }

    @Test func whatWasDecidedDoesNotDissolve() throws {
        _ = try log(Self.input, outcome: "clever wins: absent", open: false)
        try temporary.write { try $0.dissolveConflict(temporary.key(), now: TemporaryState.now) }
        #expect(try states() == [1])
        // The sides agreed meanwhile, so the same once more is another.
        #expect(try log(Self.input, outcome: "clever wins: absent", open: false) != nil)
        #expect(try states() == [1, 1])
    }

    private func log(
        _ input: MergeInput, key: Key? = nil, outcome: String = "held", open: Bool = true
    ) throws -> Int64? {
        let key = key ?? temporary.key()
        return try temporary.write { tx in
            try tx.logConflict(
                key, input, policy: "hold", outcome: outcome, open: open, cycle: 1, now: TemporaryState.now)
        }
    }

    private func states() throws -> [Int] {
        try temporary.read { try $0.rows("SELECT state FROM conflict ORDER BY id").map { $0[0] as Int } }
    }

    private func openConflicts() throws -> Int {
        try temporary.read { try $0.totals(now: TemporaryState.now).openConflicts }
    }
}
