import AttendanceCore
import Transport

/// Why a side did not give what was asked, after every retry that makes sense in one cycle.
public enum SideFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// 401 or 403.
    case refusedCredential(Side, status: Int, message: String?, repair: String)
    /// No answer, or only answers that say "later".
    case unreachable(Side, detail: String)
    /// Answers that are not what the API's documentation says.
    case malformed(Side, detail: String)
    /// 404 for something that should exist.
    case notFound(Side, detail: String)
    /// 410.
    case gone(Side)
    /// Any other 4xx: the same request would be refused again.
    case rejected(Side, status: Int, message: String?)
    /// This machine has no descriptor, no memory or no disk space left to ask that side with.
    case noResources(Side, detail: String)
    /// `attendance.csv` did not get to the SFTP server.
    case upload(SFTPError, repair: String)
    /// The process was told to stop.
    case stopped

    public var description: String {
        switch self {
        case .refusedCredential(let side, let status, let message, _):
            "\(side) refuses the credential (\(status)\(Self.suffix(message)))"
        case .unreachable(let side, let detail): "\(side) is unreachable: \(detail)"
        case .malformed(let side, let detail): "\(side) answers what it should not: \(detail)"
        case .notFound(let side, let detail): "\(side) does not know \(detail) (404)"
        case .gone(let side): "\(side) answers 410"
        case .rejected(let side, let status, let message):
            "\(side) refuses the request (\(status)\(Self.suffix(message)))"
        case .noResources(let side, let detail): "\(side) can't be asked: \(detail)"
        case .upload(let error, _): "attendance.csv was not uploaded: \(error)"
        case .stopped: "stopped"
        }
    }

    /// What an operator can do; most failures mend themselves.
    public var repair: String {
        switch self {
        case .refusedCredential(_, _, _, let repair), .upload(_, let repair): repair
        case .noResources:
            "too many open files: raise the limit (LimitNOFILE= in the service's unit); no space left: free space on the"
                + " disk that holds the state; permission denied: owner and mode of the state folder; the next cycle"
                + " goes on by itself"
        case .unreachable, .malformed, .gone, .stopped: "none needed: the next cycle tries again"
        case .notFound: "none needed if it was deleted; else check what the credential shares"
        case .rejected: "report this: a request was refused that the documentation allows"
        }
    }

    private static func suffix(_ message: String?) -> String { message.map { ": \($0)" } ?? "" }
}

extension SideFailure {
    /// Nothing more is to be had of that side in this cycle.
    var endsTheCycle: Bool {
        switch self {
        case .refusedCredential, .stopped: true
        case .unreachable, .malformed, .notFound, .gone, .rejected, .noResources, .upload: false
        }
    }

    /// The side that failed; `engine` when the process was stopped.
    public var side: String {
        switch self {
        case .refusedCredential(let side, _, _, _), .unreachable(let side, _), .malformed(let side, _),
            .notFound(let side, _), .gone(let side), .rejected(let side, _, _), .noResources(let side, _):
            side.rawValue
        case .upload: "sftp"
        case .stopped: "engine"
        }
    }
}
