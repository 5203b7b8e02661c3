/// What became of an `attendance.csv`.
public struct IngestionReport: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        /// Its rows were taken, or rejected one by one.
        case ingested
        /// The whole file was refused, for that reason.
        case refused(String)
        /// The district is paused: the file stays where it is until that ends.
        case paused
        /// There is no `attendance.csv`.
        case noFile
        /// It is the file that was processed last.
        case sameFile
    }

    /// A row that wasn't taken.
    public struct Rejection: Sendable, Hashable {
        /// The line that the row begins on; the header's is 1.
        public let line: Int
        public let reason: String
    }

    /// Counts ingested and refused files from 1; 0: nothing was processed.
    public internal(set) var number = 0
    public let time: Instant
    public let outcome: Outcome
    /// Rows that made a record.
    public internal(set) var created = 0
    /// Rows that changed one.
    public internal(set) var changed = 0
    /// Rows that say what their record says already.
    public internal(set) var unchanged = 0
    /// Of the changed ones, those whose last column named a record with another key: it was moved.
    public internal(set) var moved = 0
    public internal(set) var rejected: [Rejection] = []

    public var taken: Int { created + changed + unchanged }

    init(_ outcome: Outcome, at time: Instant) {
        self.outcome = outcome
        self.time = time
    }
}
