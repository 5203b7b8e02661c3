import Operations
import Testing

@Suite struct ExitStatusTests {
    /// Swift Testing has one too.
    typealias ExitStatus = Operations.ExitStatus

    @Test(
        arguments: [
            ([], .done), ([.done, .done], .done), ([.done, .undelivered], .undelivered),
            ([.undelivered, .unreachable, .done], .unreachable),
            ([.unreachable, .operatorMustAct, .undelivered], .operatorMustAct),
        ] as [([ExitStatus], ExitStatus)])
    func theWorstDistrictDecides(statuses: [ExitStatus], worst: ExitStatus) {
        #expect(ExitStatus.worst(of: statuses) == worst)
        #expect(ExitStatus.worst(of: statuses.reversed()) == worst)
    }

    @Test func hasTheContractsNumbers() {
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 64, 69, 75, 78])
    }
}
