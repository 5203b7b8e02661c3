/// The fields of one object, read the way both sides' clients have to: numbers where texts are meant and texts
/// where numbers are, and `""` for null. Where an object has a field twice, the first counts.
package struct Fields {
    private let object: JSONValue

    /// Throws for anything but an object.
    package init(_ value: JSONValue) throws(UnexpectedShape) {
        guard value.isObject else { throw UnexpectedShape() }
        object = value
    }

    package subscript(field: Field) -> JSONValue? {
        for (key, value) in object.members where key.isText(field.staticName) { return value }
        return nil
    }

    package func contains(_ field: Field) -> Bool { self[field] != nil }

    /// A text (see ``JSONValue/lenientText()``); nil when the field is absent, null or blank. Throws when it is anything else.
    package func strictText(_ field: Field) throws(UnexpectedShape) -> String? {
        do {
            return try self[field]?.lenientText()
        } catch {
            throw UnexpectedShape("\(field.name) is not a text")
        }
    }

    /// A text; nil when the field is absent, null, blank or not a text.
    package func text(_ field: Field) -> String? {
        try? strictText(field)
    }

    /// A whole number, also as text; nil when it is anything else.
    package func integer(_ field: Field) -> Int? {
        guard let value = self[field] else { return nil }
        return value.integer() ?? value.string.flatMap { Int($0.trimmed) }
    }

    /// Yes or no, also as `1`, `0` and as text; nil when it is anything else.
    package func flag(_ field: Field) -> Bool? {
        switch integer(field) {
        case 1: return true
        case 0: return false
        case .some: return nil
        case nil: break
        }
        if let flag = self[field]?.flag { return flag }
        switch text(field)?.lowercased() {
        case "true": return true
        case "false": return false
        case .some, nil: return nil
        }
    }

    /// The elements of a list, of a lone object in its place, or none where there is nothing (see ``ListOrOne``);
    /// nil when the field is absent.
    package func list<Element: ReadableFromJSON>(
        _ field: Field, of element: Element.Type = Element.self
    ) throws(UnexpectedShape) -> [Element?]? {
        guard let value = self[field] else { return nil }
        do {
            return try ListOrOne<Element>(value).elements
        } catch {
            throw UnexpectedShape("\(field.name) is not a list")
        }
    }

    /// The fields of an object inside this one; nil when it isn't one.
    package func object(_ field: Field) -> Fields? {
        self[field].flatMap { try? Fields($0) }
    }

    /// Whether the field is absent, null, `""`, `[]` or `{}`: all of them ways to say "nothing".
    package func isVoid(_ field: Field) -> Bool {
        guard let value = self[field] else { return true }
        return value.isNull || value.isEmpty || value.string?.isBlank == true
    }
}
