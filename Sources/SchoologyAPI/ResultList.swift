import Answers

/// `{"attendance":[{"id":"564027","response_code":200}]}`.
struct ResultList: Decodable {
    var results: [ItemResult]

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Field.self)
        guard let list = try fields.list("attendance", of: Element.self) else {
            throw UnexpectedShape("got an object without attendance")
        }
        results = list.map { $0?.result ?? ItemResult(code: nil) }
    }

    private struct Element: Decodable {
        var result: ItemResult

        init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: Field.self)
            let message = fields.text("message")?.line(limit: 200)
            result = ItemResult(
                code: fields.integer("response_code"), message: message?.isEmpty == false ? message : nil)
        }
    }
}
