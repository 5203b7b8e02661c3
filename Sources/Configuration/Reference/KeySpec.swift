/// One key of the configuration: what may be written, what holds when nothing is, and what it means.
struct KeySpec: Sendable {
    enum Kind: Sendable {
        case text
        case duration
        case integer(ClosedRange<Int>)
        case choice([String])
        case textList
        case choiceList([String])
        case url
        /// A file whose content is a credential.
        case secretFile
        case file
        /// A table with keys of its own, written in braces.
        case inlineTable
    }

    let name: String
    let kind: Kind
    /// As TOML would write it; `none` or `required` in words.
    let standard: String
    let meaning: String

    init(_ name: String, _ kind: Kind, _ standard: String, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.meaning = meaning
    }

    /// The kind in words, for the reference.
    var type: String {
        switch kind {
        case .text: "text"
        case .duration: "duration"
        case .integer(let range):
            range.upperBound == .max
                ? "number from \(range.lowerBound)" : "number \(range.lowerBound)–\(range.upperBound)"
        case .choice(let names): names.map { "`\($0)`" }.joined(separator: ", ")
        case .textList: "list of texts"
        case .choiceList(let names): "list of " + names.map { "`\($0)`" }.joined(separator: ", ")
        case .url: "URL"
        case .secretFile: "file with a secret"
        case .file: "file"
        case .inlineTable: "table"
        }
    }
}
