import Answers

/// A list of the Data API: `{"data":[{"data":{…}},…],"links":[…]}`.
struct RosterList<Element: RosterElement>: ReadableFromJSON {
    /// Nil: an element that can't be read.
    var elements: [Element?]
    var next: String?

    init(_ value: JSONValue) throws(UnexpectedShape) {
        let fields = try Fields(value)
        guard let data = fields["data"] else { throw UnexpectedShape("got an object without a data list") }
        if data.isList {
            elements = data.elements.map(Self.nested)
        } else {
            // One object where a list of one is meant; anything else in its place is no list.
            guard let only = Self.nested(data) else { throw UnexpectedShape("got an object without a data list") }
            elements = [only]
        }
        next = try NextLink.uri(in: fields)
    }

    var page: CleverPage<Element> {
        let items = elements.compactMap(\.self)
        return CleverPage(items: items, next: next, unreadable: elements.count - items.count)
    }

    /// The object inside its `data`, or bare as the Attendance API gives its own.
    private static func nested(_ value: JSONValue) -> Element? {
        guard let outer = try? Fields(value) else { return nil }
        return Element(outer.object("data") ?? outer)
    }
}
