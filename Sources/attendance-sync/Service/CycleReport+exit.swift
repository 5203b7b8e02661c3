import Operations
import SyncEngine
import SyncState

extension CycleReport {
    /// A side answered 401 or 403.
    var hasRefusedCredential: Bool {
        failures.contains { if case .refusedCredential = $0 { true } else { false } }
    }

    /// The exit code that this cycle alone would give.
    var exitStatus: ExitStatus {
        if let stateError { return stateError.exitStatus }
        let statuses: [ExitStatus] = failures.map { failure in
            switch failure {
            case .refusedCredential: .operatorMustAct
            case .unreachable, .malformed, .notFound, .gone, .rejected: .unreachable
            case .stopped: .done
            }
        }
        return ExitStatus.worst(
            of: statuses + [
                totals.outbox > 0 ? .undelivered : .done, operatorProblem == nil ? .done : .operatorMustAct,
            ])
    }
}

extension StateError {
    var exitStatus: ExitStatus {
        switch self {
        case .locked: .tryAgain
        case .newerVersion, .damaged, .inaccessible, .diskFull, .absent: .operatorMustAct
        }
    }
}
