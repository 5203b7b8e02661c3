import Operations
import SyncEngine
import SyncState
import Transport

extension CycleReport {
    /// A side answered 401 or 403, or the SFTP server refused the credential.
    var hasRefusedCredential: Bool {
        failures.contains { failure in
            switch failure {
            case .refusedCredential, .upload(.refusedCredential, _): true
            case .unreachable, .malformed, .notFound, .gone, .rejected, .noResources, .upload, .stopped: false
            }
        }
    }

    /// The exit code that this cycle alone would give.
    var exitStatus: ExitStatus {
        if let stateError { return stateError.exitStatus }
        let statuses: [ExitStatus] = failures.map { failure in
            switch failure {
            case .refusedCredential, .noResources: .operatorMustAct
            case .unreachable, .malformed, .notFound, .gone, .rejected: .unreachable
            case .upload(let error, _): error.isOperatorProblem ? .operatorMustAct : .unreachable
            case .stopped: .done
            }
        }
        return ExitStatus.worst(
            of: statuses + [
                totals.undelivered > 0 ? .undelivered : .done, operatorProblem == nil ? .done : .operatorMustAct,
            ])
    }
}

extension StateError {
    var exitStatus: ExitStatus {
        switch self {
        case .locked: .tryAgain
        case .newerVersion, .damaged, .inaccessible, .diskFull, .outOfDescriptors, .absent: .operatorMustAct
        }
    }
}
