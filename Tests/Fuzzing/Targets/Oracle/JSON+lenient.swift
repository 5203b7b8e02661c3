// What docs and comments promise of lenient reading, said once more and by other means.

extension JSON {
    typealias Elements = [JSON?]

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    /// Numbers are clear when every reader takes them for the same integer.
    private static func integer(_ number: String) throws(Unclear) -> Int {
        let digits = number.hasPrefix("-") ? number.dropFirst() : number[...]
        guard (1...18).contains(digits.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            digits == "0" || digits.first != "0", number != "-0", let value = Int(number)
        else { throw Unclear() }
        return value
    }

    /// A member as text: blank is nothing, and whole numbers are spelled out. Nil as well when it is anything else.
    func text(_ key: String) throws(Unclear) -> String? {
        switch self[key] {
        case .text(let text)?: JSON.isBlank(text) ? nil : text
        case .number(let number)?: String(try JSON.integer(number))
        case .null?, .flag?, .list?, .object?, nil: nil
        }
    }

    /// A member that is neither a text, nor a number, nor nothing.
    func isNoText(_ key: String) -> Bool {
        switch self[key] {
        case .flag?, .list?, .object?: true
        case .text?, .number?, .null?, nil: false
        }
    }

    func integer(_ key: String) throws(Unclear) -> Int? {
        switch self[key] {
        case .number(let number)?: return try JSON.integer(number)
        case .text(let text)?:
            guard text.utf8.allSatisfy({ $0 < 0x80 }) else { throw Unclear() }
            return Int(JSON.trimmed(text))
        case .null?, .flag?, .list?, .object?, nil: return nil
        }
    }

    /// Absent, null, blank, or without elements.
    func isVoid(_ key: String) -> Bool {
        switch self[key] {
        case .null?, nil: true
        case .text(let text)?: JSON.isBlank(text)
        case .list(let elements)?: elements.isEmpty
        case .object(let members)?: members.isEmpty
        case .flag?, .number?: false
        }
    }

    /// The elements of a list, or of what stands for one; nil where there is no such member.
    /// - Throws: `Finding` where it is no list in any way.
    func elements(_ key: String) throws -> Elements? {
        switch self[key] {
        case nil: return nil
        case .null?: return []
        case .list(let elements)?: return elements
        case .text(let text)? where JSON.isBlank(text): return []
        case .object(let members)?:
            let numbered = members.compactMap { key, value in Int(key).map { ($0, value) } }
            guard numbered.count == members.count else { return [self[key]] }
            guard Set(numbered.map(\.0)).count == numbered.count else { throw Unclear() }
            return numbered.sorted { $0.0 < $1.0 }.map(\.1)
        case .text?, .flag?, .number?: throw Refused()
        }
    }

    var isObject: Bool {
        if case .object = self { true } else { false }
    }

    static func trimmed(_ text: String) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// The whole answer is to be refused.
    struct Refused: Error {}
}
