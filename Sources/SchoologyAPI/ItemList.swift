import Answers

/// `{"section":[…],"total":"2","links":{"next":…}}` and its kin.
struct ItemList<Item: ListItem>: ReadableFromJSON {
    var page: SchoologyPage<Item>

    init(_ value: JSONValue) throws(UnexpectedShape) {
        guard let fields = try AnswerFields.read(value) else {
            page = SchoologyPage(items: [], next: nil)
            return
        }
        let elements: [Element?]
        if let list = try fields.list(Item.list, of: Element.self) {
            elements = list
        } else {
            guard fields.integer("total") == 0 else {
                throw UnexpectedShape("got an object without \(Item.list.name)")
            }
            elements = []
        }
        let items = elements.compactMap { $0?.item }
        page = SchoologyPage(
            items: items, next: try AnswerFields.next(fields), unreadable: elements.count - items.count)
    }

    private struct Element: ReadableFromJSON {
        var item: Item?

        init(_ value: JSONValue) throws(UnexpectedShape) {
            item = Item(try Fields(value))
        }
    }
}
