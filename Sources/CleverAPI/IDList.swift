import Answers

/// A list of ids; blanks and anything that is no id are left out, and each comes once.
enum IDList {
    static func read(_ fields: Fields, _ field: Field) -> [String] {
        if let plain = try? fields.decodeIfPresent([String].self, forKey: field) {
            return unique(plain.filter { !$0.isBlank })
        }
        let list = (try? fields.list(field, of: ID.self)) ?? nil
        return unique((list ?? []).compactMap { $0?.text })
    }

    private static func unique(_ ids: [String]) -> [String] {
        var seen = Set<String>(minimumCapacity: ids.count)
        return ids.filter { seen.insert($0).inserted }
    }

    private struct ID: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self), !text.isBlank {
                self.text = text
            } else {
                text = String(try value.decode(Int64.self))
            }
        }
    }
}
