/// A field of an answer, by the name that it has there.
package struct Field: ExpressibleByStringLiteral {
    let staticName: StaticString

    package init(stringLiteral name: StaticString) {
        staticName = name
    }

    package var name: String { "\(staticName)" }
}
