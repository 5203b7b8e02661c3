import Answers

/// An object of the Data API.
protocol RosterElement: Sendable, Equatable {
    /// Nil when what identifies the object is missing.
    init?(_ fields: Fields)
}
