/// How far a cycle has come, for a person who watches and for a watchdog that goes by its moving at all.
public struct CycleProgress: Sendable, Equatable {
    public enum Step: String, Sendable {
        case matching = "matching rosters"
        case reading = "reading Clever"
        case readingPastDays = "reading past days from Clever"
        case sending = "writing to Schoology"
        case readingBack = "reading Schoology back"
        case uploading = "uploading attendance.csv"
    }

    public var step: Step
    public var done: Int
    /// Days of schools to read, or sections to write; nil where it is not known beforehand.
    public var total: Int?

    public init(step: Step, done: Int = 0, total: Int? = nil) {
        self.step = step
        self.done = done
        self.total = total
    }
}
