/// How loosely an answer writes its JSON: the looseness that Schoology's clients have met.
struct JSONShape: Sendable, Hashable {
    /// A list of one is written as its element.
    var singleObjects = false
    /// Numbers are written as strings.
    var numbersAsStrings = false
    /// Null and empty lists are written `""`.
    var emptyForNull = false

    static let strict = JSONShape()
}
