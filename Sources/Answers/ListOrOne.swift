/// A list as it may come: a list, one object where a list of one is meant, an object whose keys number the
/// elements (PHP's list with a gap), or null, `""`, `[]`, `{}` for none.
///
/// An element that can't be read is nil in its place, so that it spoils neither the others nor their positions.
package struct ListOrOne<Element: Decodable>: Decodable {
    package var elements: [Element?]

    package init(from decoder: any Decoder) throws {
        elements = []
        if var list = try? decoder.unkeyedContainer() {
            elements.reserveCapacity(list.count ?? 0)
            while !list.isAtEnd {
                elements.append(try list.decodeNil() ? nil : list.decode(Attempt.self).element)
            }
        } else if let fields = try? decoder.container(keyedBy: Field.self) {
            let keys = fields.allKeys
            let numbers = keys.compactMap { Int($0.stringValue) }
            if numbers.count == keys.count {
                elements = zip(numbers, keys).sorted { $0.0 < $1.0 }.map {
                    try? fields.decode(Element.self, forKey: $1)
                }
            } else {
                elements = [try? Element(from: decoder)]
            }
        } else {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() { return }
            guard try value.decode(String.self).isBlank else { throw UnexpectedShape("a text instead of a list") }
        }
    }

    /// Never throws, so that the list always moves on to its next element.
    private struct Attempt: Decodable {
        var element: Element?

        init(from decoder: any Decoder) {
            element = try? Element(from: decoder)
        }
    }
}
