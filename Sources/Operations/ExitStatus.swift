/// What the process says to who started it (the numbers above 1 are those of `sysexits.h`).
public enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    /// Done, but something decided was not delivered: a dead letter, a retry left, a held batch, a plan refused.
    case undelivered = 1
    /// Wrong usage (`EX_USAGE`).
    case usage = 64
    /// A side is unreachable (`EX_UNAVAILABLE`).
    case unreachable = 69
    /// Another instance holds the state: try again (`EX_TEMPFAIL`).
    case tryAgain = 75
    /// An operator must act: configuration, credentials, a state from a newer version (`EX_CONFIG`).
    case operatorMustAct = 78

    /// The worst of several districts' results, in the order 78, 69, 1.
    ///
    /// 64 and 75 end the program before a district is looked at; where one of them stands beside others it wins.
    public static func worst(of statuses: some Sequence<ExitStatus>) -> ExitStatus {
        statuses.max { $0.weight < $1.weight } ?? .done
    }

    private var weight: Int {
        switch self {
        case .done: 0
        case .undelivered: 1
        case .unreachable: 2
        case .operatorMustAct: 3
        case .tryAgain: 4
        case .usage: 5
        }
    }
}
