/// How far an upload came that was made for no other purpose than to see whether it works.
public struct SFTPRehearsal: Sendable, Equatable {
    /// The last thing that the server did.
    public enum Stage: Sendable, Equatable {
        case nothing, written, renamed, removed
    }

    /// What the file is called once it is renamed. Clever reads `attendance.csv` and the files of a roster; this is none.
    public static let fileName = ".attendance-sync-doctor"

    public var reached: Stage
    /// Nil when the file went there and is gone again.
    public var error: SFTPError?

    public init(reached: Stage, error: SFTPError?) {
        self.reached = reached
        self.error = error
    }
}
