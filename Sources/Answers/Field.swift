/// A field of an answer, by the name that it has there.
package struct Field: CodingKey, ExpressibleByStringLiteral {
    package let stringValue: String
    package var intValue: Int? { nil }

    package init(stringLiteral name: String) {
        stringValue = name
    }

    package init?(stringValue name: String) {
        stringValue = name
    }

    package init?(intValue: Int) {
        nil
    }
}
