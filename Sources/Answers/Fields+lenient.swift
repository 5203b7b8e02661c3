/// The fields of one object, read the way both sides' clients have to: numbers where texts are meant and texts
/// where numbers are, and `""` for null.
package typealias Fields = KeyedDecodingContainer<Field>

extension KeyedDecodingContainer where Key == Field {
    /// A text; nil when the field is absent, null or blank. Whole numbers are spelled out, without rounding.
    /// Throws when it is anything else.
    package func strictText(_ field: Field) throws -> String? {
        let text: String?
        do {
            text = try decodeIfPresent(String.self, forKey: field)
        } catch {
            if let number = try? decode(Int64.self, forKey: field) { return String(number) }
            if let number = try? decode(UInt64.self, forKey: field) { return String(number) }
            throw UnexpectedShape("\(field.stringValue) is not a text")
        }
        guard let text, !text.isBlank else { return nil }
        return text
    }

    /// A text; nil when the field is absent, null, blank or not a text.
    package func text(_ field: Field) -> String? {
        guard contains(field) else { return nil }
        return try? strictText(field)
    }

    /// A whole number, also as text; nil when it is anything else.
    package func integer(_ field: Field) -> Int? {
        guard contains(field) else { return nil }
        if let number = try? decode(Int.self, forKey: field) { return number }
        guard let text = try? decode(String.self, forKey: field) else { return nil }
        return Int(text.trimmed)
    }

    /// Yes or no, also as `1`, `0` and as text; nil when it is anything else.
    package func flag(_ field: Field) -> Bool? {
        guard contains(field) else { return nil }
        switch integer(field) {
        case 1: return true
        case 0: return false
        case .some: return nil
        case nil: break
        }
        if let flag = try? decode(Bool.self, forKey: field) { return flag }
        switch text(field)?.lowercased() {
        case "true": return true
        case "false": return false
        case .some, nil: return nil
        }
    }

    /// The elements of a list, of a lone object in its place, or none where there is nothing (see ``ListOrOne``);
    /// nil when the field is absent.
    package func list<Element>(_ field: Field, of element: Element.Type = Element.self) throws -> [Element?]?
    where Element: Decodable {
        guard contains(field) else { return nil }
        do {
            return try decode(ListOrOne<Element>.self, forKey: field).elements
        } catch {
            throw UnexpectedShape("\(field.stringValue) is not a list")
        }
    }

    /// The fields of an object inside this one; nil when it isn't one.
    package func object(_ field: Field) -> Fields? {
        guard contains(field) else { return nil }
        return try? nestedContainer(keyedBy: Field.self, forKey: field)
    }

    /// Whether the field is absent, null, `""`, `[]` or `{}`: all of them ways to say "nothing".
    package func isVoid(_ field: Field) -> Bool {
        guard contains(field) else { return true }
        if let text = try? decodeIfPresent(String.self, forKey: field) { return text.isBlank }
        return (try? decode(Nothing.self, forKey: field)) != nil
    }

    /// Decodes from nothing but null, `""`, `[]` and `{}`.
    private struct Nothing: Decodable {
        init(from decoder: any Decoder) throws {
            if let list = try? decoder.unkeyedContainer() {
                guard list.isAtEnd else { throw UnexpectedShape("a list") }
            } else if let fields = try? decoder.container(keyedBy: Field.self) {
                guard fields.allKeys.isEmpty else { throw UnexpectedShape("an object") }
            } else {
                let value = try decoder.singleValueContainer()
                if value.decodeNil() { return }
                guard try value.decode(String.self).isBlank else { throw UnexpectedShape("a text") }
            }
        }
    }
}
