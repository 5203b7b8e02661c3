import AttendanceCore

/// Reads one table by its specification: unknown keys and wrong types are reported, and everything else asked for.
///
/// A value that is missing or wrong comes back as nil, so that the caller keeps its default and goes on: one reading
/// finds every error.
struct TableReader {
    let members: [String: TOMLNode]
    let path: ConfigurationPath
    let spec: TableSpec
    let diagnostics: Diagnostics

    init(_ members: [String: TOMLNode], at path: ConfigurationPath, spec: TableSpec, diagnostics: Diagnostics) {
        self.init(known: members, at: path, spec: spec, diagnostics: diagnostics)
        for name in members.keys.sorted() { check(name) }
    }

    /// For a table whose keys have been checked before.
    init(known members: [String: TOMLNode], at path: ConfigurationPath, spec: TableSpec, diagnostics: Diagnostics) {
        self.members = members
        self.path = path
        self.spec = spec
        self.diagnostics = diagnostics
    }

    func isSet(_ key: String) -> Bool { members[key] != nil }

    func report(_ key: String, _ message: String, _ hint: String) {
        diagnostics.report(path.key(key), message, hint)
    }
}

// MARK: - Values

extension TableReader {
    func text(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard case .text(let text) = node else {
            report(key, "wants text, not \(node.kind)", "write it in double quotes")
            return nil
        }
        return text
    }

    /// A whole number in the range of the specification.
    func integer(_ key: String) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .integer(let range)? = spec.spec(of: key)?.kind else { return nil }
        let wanted =
            range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
        guard case .integer(let number) = node else {
            report(key, "wants a whole number, not \(node.kind)", "write \(wanted), without quotes")
            return nil
        }
        guard range.contains(number) else {
            report(key, "\(number) is out of range", "write \(wanted)")
            return nil
        }
        return number
    }

    /// A length of time that is more than nothing.
    func span(_ key: String) -> Span? {
        guard let node = node(key) else { return nil }
        guard case .text(let text) = node else {
            report(key, "wants a duration, not \(node.kind)", Self.durationHint)
            return nil
        }
        guard let span = Span(text) else {
            report(key, "\(Printable.quoted(text)) is not a duration", Self.durationHint)
            return nil
        }
        guard span > .zero else {
            report(key, "\(Printable.quoted(text)) is no time at all", "one second, \"1s\", is the shortest")
            return nil
        }
        return span
    }

    private static let durationHint = "write a number and s, m, h or d in double quotes, such as \"15m\""

    func choice<Value: RawRepresentable & CaseIterable>(_ key: String, as type: Value.Type = Value.self) -> Value?
    where Value.RawValue == String {
        choice(key, among: Value.allCases.map { ($0.rawValue, $0) })
    }

    func choice<Value>(_ key: String, among values: [(name: String, value: Value)]) -> Value? {
        guard let text = text(key) else { return nil }
        return choice(text, at: path.key(key), among: values)
    }

    func choice<Value>(_ text: String, at place: ConfigurationPath, among values: [(name: String, value: Value)])
        -> Value?
    {
        if let match = values.first(where: { $0.name == text }) { return match.value }
        let names = values.map(\.name)
        var hint = "allowed: " + names.joined(separator: ", ")
        if let nearest = EditDistance.nearest(to: text, in: names), EditDistance.isNear(text, nearest) {
            hint = "did you mean \"\(nearest)\"? " + hint
        }
        diagnostics.report(place, "\(Printable.quoted(text)) is not known here", hint)
        return nil
    }

    /// The texts of a list and where each is.
    func texts(_ key: String) -> [(text: String, path: ConfigurationPath)]? {
        guard let node = node(key) else { return nil }
        guard case .array(let nodes) = node else {
            report(key, "wants a list, not \(node.kind)", "write it in brackets, such as [\"…\", \"…\"]")
            return nil
        }
        var texts: [(text: String, path: ConfigurationPath)] = []
        for (index, node) in nodes.enumerated() {
            let place = path.key(key).index(index)
            if case .text(let text) = node {
                texts.append((text, place))
            } else {
                diagnostics.report(place, "wants text, not \(node.kind)", "write it in double quotes")
            }
        }
        return texts
    }

    /// The table under a key; nil when it isn't there or isn't a table.
    func table(_ spec: TableSpec, key: String? = nil) -> TableReader? {
        let key = key ?? spec.key
        guard let node = node(key) else { return nil }
        guard case .table(let members) = node else {
            report(
                key, "wants a table, not \(node.kind)",
                "write the header \(spec.header) on a line of its own, or its keys in braces")
            return nil
        }
        return TableReader(members, at: path.key(key), spec: spec, diagnostics: diagnostics)
    }

    /// The members of a table whose keys are free, in the order of their names.
    func openTable(_ key: String) -> [(key: String, node: TOMLNode, path: ConfigurationPath)]? {
        guard let node = node(key) else { return nil }
        guard case .table(let members) = node else {
            report(
                key, "wants a table, not \(node.kind)", "write its entries in braces, such as { none = \"present\" }")
            return nil
        }
        return members.sorted { $0.key < $1.key }.map { ($0.key, $0.value, path.key(key).key($0.key)) }
    }

    private func node(_ key: String) -> TOMLNode? {
        assert(knownNames.contains(key), "\(spec.name).\(key) is missing in ConfigurationReference")
        return members[key]
    }
}

// MARK: - Unknown keys

extension TableReader {
    private var knownNames: [String] {
        spec.keys.map(\.name) + ConfigurationReference.subtables(of: spec.name).map(\.key)
    }

    private func check(_ name: String) {
        let known = knownNames
        guard !known.contains(name) else { return }
        if let fileKey = secretFileKey(for: name) {
            report(
                name, "a secret can't be written into the configuration",
                "put it in a file with mode 0600 and name that file with \(fileKey)")
            return
        }
        let nearest = EditDistance.nearest(to: name, in: known) ?? ""
        let elsewhere = ConfigurationReference.tables.filter { $0.spec(of: name) != nil || $0.key == name }
        if !EditDistance.isNear(name, nearest), let home = elsewhere.first {
            let place = home.spec(of: name) == nil ? "it is written \(home.header)" : "it belongs under \(home.header)"
            report(name, "unknown \(kind(of: name)) here", "\(place); the nearest here is \(nearest)")
        } else if EditDistance.isNear(name, nearest) {
            report(name, "unknown \(kind(of: name))", "did you mean \(nearest)?")
        } else {
            report(
                name, "unknown \(kind(of: name))",
                "the nearest known is \(nearest); known here: " + known.joined(separator: ", "))
        }
    }

    private func kind(of name: String) -> String {
        switch members[name] {
        case .table: "table"
        case .array(let nodes) where !nodes.isEmpty && nodes.allSatisfy { if case .table = $0 { true } else { false } }:
            "table"
        case .array, .text, .integer, .flag, .fraction, .dateOrTime, nil: "key"
        }
    }

    /// The key that names the file for a secret that was written down as itself.
    private func secretFileKey(for name: String) -> String? {
        let here = spec.keys.filter { if case .secretFile = $0.kind { true } else { false } }.map(\.name)
        let lowered = name.lowercased()
        if let exact = here.first(where: { $0 == lowered + "_file" }) { return exact }
        let words = ["token", "password", "passwd", "secret", "api_key", "apikey", "private_key", "passphrase"]
        guard !lowered.hasSuffix("_file"), words.contains(where: lowered.contains) else { return nil }
        return EditDistance.nearest(to: lowered + "_file", in: here) ?? "the table's …_file key"
    }
}
