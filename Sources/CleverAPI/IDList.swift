import Answers

/// A list of ids; blanks and anything that is no id are left out, and each comes once.
enum IDList {
    static func read(_ fields: Fields, _ field: Field) -> [String] {
        let list = (try? fields.list(field, of: ID.self)) ?? nil
        return unique((list ?? []).compactMap { $0?.text })
    }

    private static func unique(_ ids: [String]) -> [String] {
        var seen = Set<String>(minimumCapacity: ids.count)
        return ids.filter { seen.insert($0).inserted }
    }

    private struct ID: ReadableFromJSON {
        var text: String

        init(_ value: JSONValue) throws(UnexpectedShape) {
            if let text = value.string, !text.isBlank {
                self.text = text
            } else {
                guard let number = value.integer(as: Int64.self) else { throw UnexpectedShape() }
                text = String(number)
            }
        }
    }
}
