/// JSON that is not of the expected shape; becomes a ``MalformedAnswer`` where the whole answer is at stake.
package struct UnexpectedShape: Error {
    /// Nil: it is another kind of value than was expected.
    package var what: String?

    package init(_ what: String? = nil) {
        self.what = what
    }
}
