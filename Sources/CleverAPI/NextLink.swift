import Answers

/// Paging: `links[rel=next].uri`; an answer without one is the last page.
enum NextLink {
    /// Nil on the last page. A list of links that can't be read throws: to take it for the last page would lose
    /// the rest.
    static func uri(in fields: Fields) throws(UnexpectedShape) -> String? {
        guard let links = try fields.list("links", of: Link.self) else { return nil }
        var next: String?
        for link in links {
            guard let link else { throw UnexpectedShape("got links that can't be read") }
            guard link.rel == "next" else { continue }
            guard let uri = link.uri else { throw UnexpectedShape("got a next link without a uri") }
            next = next ?? uri
        }
        return next
    }

    private struct Link: ReadableFromJSON {
        var rel: String?
        var uri: String?

        init(_ value: JSONValue) throws(UnexpectedShape) {
            let fields = try Fields(value)
            rel = fields.text("rel")
            uri = fields.text("uri")
        }
    }
}
