import Answers

/// What all of Schoology's answers have in common.
enum AnswerFields {
    /// The fields of the answer; nil for `[]`, which is how an object without fields comes.
    static func read(_ value: JSONValue) throws(UnexpectedShape) -> Fields? {
        if value.isList, value.isEmpty { return nil }
        return try Fields(value)
    }

    /// `links.next`; nil on the last page. Links that can't be read throw: to take them for the last page's would
    /// lose the rest.
    static func next(_ fields: Fields) throws(UnexpectedShape) -> String? {
        guard !fields.isVoid("links") else { return nil }
        guard let links = fields.object("links") else { throw UnexpectedShape("got links that can't be read") }
        guard !links.isVoid("next") else { return nil }
        guard let next = links.text("next") else { throw UnexpectedShape("got a next link that can't be read") }
        return next
    }
}
