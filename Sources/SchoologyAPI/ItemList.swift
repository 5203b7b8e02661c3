import Answers

/// `{"section":[…],"total":"2","links":{"next":…}}` and its kin.
struct ItemList<Item: ListItem>: Decodable {
    var page: SchoologyPage<Item>

    init(from decoder: any Decoder) throws {
        guard let fields = try AnswerFields.read(decoder) else {
            page = SchoologyPage(items: [], next: nil)
            return
        }
        let elements: [Element?]
        if let list = try fields.list(Item.list, of: Element.self) {
            elements = list
        } else {
            guard fields.integer("total") == 0 else {
                throw UnexpectedShape("got an object without \(Item.list.stringValue)")
            }
            elements = []
        }
        let items = elements.compactMap { $0?.item }
        page = SchoologyPage(
            items: items, next: try AnswerFields.next(fields), unreadable: elements.count - items.count)
    }

    private struct Element: Decodable {
        var item: Item?

        init(from decoder: any Decoder) throws {
            item = Item(try decoder.container(keyedBy: Field.self))
        }
    }
}
