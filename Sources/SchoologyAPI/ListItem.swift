import Answers

/// An object of one of Schoology's lists.
protocol ListItem: Sendable, Equatable {
    /// The field that holds the list.
    static var list: Field { get }

    /// Nil when what identifies the object is missing.
    init?(_ fields: Fields)
}
