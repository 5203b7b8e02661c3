/// JSON that is not of the expected shape; becomes a ``MalformedAnswer`` where the whole answer is at stake.
package struct UnexpectedShape: Error {
    package var what: String

    package init(_ what: String) {
        self.what = what
    }
}
