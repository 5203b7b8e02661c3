import Answers

/// A list of the Data API: `{"data":[{"data":{…}},…],"links":[…]}`.
struct RosterList<Element: RosterElement>: Decodable {
    /// Nil: an element that can't be read.
    var elements: [Element?]
    var next: String?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        guard var list = try? fields.nestedUnkeyedContainer(forKey: "data") else {
            // One object where a list of one is meant; anything else in its place is no list.
            guard let only = try? fields.decode(Nested.self, forKey: "data").element else {
                throw UnexpectedShape("got an object without a data list")
            }
            elements = [only]
            next = try NextLink.uri(in: fields)
            return
        }
        elements = []
        elements.reserveCapacity(list.count ?? 0)
        while !list.isAtEnd {
            elements.append(try list.decodeNil() ? nil : list.decode(Nested.self).element)
        }
        next = try NextLink.uri(in: fields)
    }

    var page: CleverPage<Element> {
        let items = elements.compactMap(\.self)
        return CleverPage(items: items, next: next, unreadable: elements.count - items.count)
    }

    /// The object inside its `data`, or bare as the Attendance API gives its own. Never throws, so that the list
    /// always moves on.
    private struct Nested: Decodable {
        var element: Element?

        init(from decoder: any Decoder) {
            guard let outer = try? decoder.container(keyedBy: Field.self) else { return }
            element = Element(outer.object("data") ?? outer)
        }
    }
}
