/// A list as it may come: a list, one object where a list of one is meant, an object whose keys number the
/// elements (PHP's list with a gap), or null, `""`, `[]`, `{}` for none.
///
/// An element that can't be read is nil in its place, so that it spoils neither the others nor their positions.
package struct ListOrOne<Element: ReadableFromJSON>: ReadableFromJSON {
    package var elements: [Element?]

    package init(_ value: JSONValue) throws(UnexpectedShape) {
        if value.isList {
            elements = value.elements.map { $0.isNull ? nil : try? Element($0) }
        } else if value.isObject {
            let members = value.members.map { (key: $0.key.string, value: $0.value) }
            let numbers = members.compactMap { $0.key.flatMap { Int($0) } }
            if numbers.count == members.count {
                // Where a number comes twice, the first counts.
                var seen = Set<Int>(minimumCapacity: numbers.count)
                elements = zip(numbers, members).filter { seen.insert($0.0).inserted }.sorted { $0.0 < $1.0 }
                    .map { try? Element($0.1.value) }
            } else {
                elements = [try? Element(value)]
            }
        } else {
            guard value.isNull || value.string?.isBlank == true else {
                throw UnexpectedShape("a text instead of a list")
            }
            elements = []
        }
    }
}
