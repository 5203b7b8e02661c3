/// What a part of an answer is read as.
package protocol ReadableFromJSON {
    init(_ value: JSONValue) throws(UnexpectedShape)
}
