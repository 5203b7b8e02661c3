import Answers

/// `{"attendance":[{"id":"564027","response_code":200}]}`.
struct ResultList: ReadableFromJSON {
    var results: [ItemResult]

    init(_ value: JSONValue) throws(UnexpectedShape) {
        let fields = try Fields(value)
        guard let list = try fields.list("attendance", of: Element.self) else {
            throw UnexpectedShape("got an object without attendance")
        }
        results = list.map { $0?.result ?? ItemResult(code: nil) }
    }

    private struct Element: ReadableFromJSON {
        var result: ItemResult

        init(_ value: JSONValue) throws(UnexpectedShape) {
            let fields = try Fields(value)
            let message = fields.text("message")?.line(limit: 200)
            result = ItemResult(
                code: fields.integer("response_code"), message: message?.isEmpty == false ? message : nil)
        }
    }
}
