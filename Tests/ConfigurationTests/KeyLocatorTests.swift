import Testing

@testable import Configuration

@Suite struct KeyLocatorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let path: String
        let line: Int
        let column: Int
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ path: String, _ line: Int, _ column: Int) {
            (self.name, self.text, self.path, self.line, self.column) = (name, text, path, line, column)
        }
    }

    static let cases = [
        Case("a key at the start", "a = 1", "a", 1, 1),
        Case("a key that is indented", "\n\t  a = 1", "a", 2, 4),
        Case("behind a byte order mark", "\u{FEFF}a = 1", "a", 1, 1),
        Case("lines that end as on Windows", "a = 1\r\nb = 2\r\n", "b", 2, 1),
        Case("a key in a table", "[t]\n# [u]\na = 1", "t.a", 3, 1),
        Case("a table's header", "\n[ t . u ]\na = 1", "t.u", 2, 7),
        Case("a table that only its child names", "[t.u]\n", "t", 1, 2),
        Case("a table that its child named first", "[t.u]\n[t]\n", "t", 2, 2),
        Case("the second element of an array of tables", "[[d]]\na = 1\n[[d]]\na = 2", "d[1].a", 4, 1),
        Case("the array itself", "[[d]]\n[[d]]\n", "d", 1, 3),
        Case("a table under the last element", "[[d]]\n[d.c]\na = 1\n[[d]]\n[d.c]\na = 2", "d[1].c.a", 6, 1),
        Case("an array of tables in an array of tables", "[[d]]\n[[d.e]]\n[[d.e]]\na = 1", "d[0].e[1].a", 4, 1),
        Case("a dotted key", "[t]\nu . v = 1", "t.u.v", 2, 5),
        Case("the table that a dotted key makes", "u.v = 1", "u", 1, 1),
        Case("a quoted key", "\"a b\" = 1\n'c.d' = 2", "\"c.d\"", 2, 1),
        Case("a quoted key with escapes", "x = 1\n\"\\u0061\\tb\" = 1", "\"a\\tb\"", 2, 1),
        Case("a key in an inline table", "a = { b = 1, c = { d = 2 } }", "a.c.d", 1, 20),
        Case("a dotted key in an inline table", "a = { b.c = 1 }", "a.b.c", 1, 9),
        Case("the second text of a list", "a = [ 'x', \"y\" ]", "a[1]", 1, 12),
        Case("a list over several lines, with comments", "a = [ # ]\n  1, # 2\n  3\n]\nb = 1", "b", 5, 1),
        Case("an element of it", "a = [ # ]\n  1, # 2\n  3\n]", "a[1]", 3, 3),
        Case("a table in a list", "a = [ { b = 1 }, { b = 2 } ]", "a[1].b", 1, 20),
        Case("behind a text of many lines", "a = \"\"\"\n[t]\nb = 1 \\\"\"\"\n\"\"\"\nc = 1", "c", 5, 1),
        Case("behind a literal text of many lines", "a = '''\n[t]\\'''\nc = 1", "c", 3, 1),
        Case("behind a text that ends in quotes", "a = \"\"\"x\"\"\"\"\"\nc = 1", "c", 2, 1),
        Case("behind a text that looks like a table", "a = \"[t]\" # [u]\nc = 1", "c", 2, 1),
        Case("behind an escaped quote", "a = \"\\\" [x\"\nc = 1", "c", 2, 1),
        Case("behind a literal backslash", "a = '\\'\nc = 1", "c", 2, 1),
        Case("columns count characters, not bytes", "a = { ü = 'éé', b = 1 }", "a.b", 1, 17),
        Case("what isn't written is where its table is", "[t]\na = 1", "t.missing", 1, 2),
        Case("what nothing is known about is at the start", "\n\na = 1", "b", 1, 1),
    ]

    @Test(arguments: cases)
    func findsWhereItIsWritten(_ example: Case) {
        let locator = KeyLocator(Array(example.text.utf8))
        let found = locator.positions.first { $0.key.description == example.path }?.value
        let position = found ?? locator.position(of: .root.key("t").key("missing"))
        #expect(position == SourcePosition(line: example.line, column: example.column))
    }

    @Test(arguments: [
        "[", "[[", "[[[[", "[]", "[a", "a", "a =", "a = [", "a = [[[[", "a = {", "a = {b", "a = \"", "a = \"\"\"",
        "a = '''x",
        "\"", "\"\\", "\"\\u", "\"\\uD800\" = 1", "\"\\UFFFFFFFF\" = 1", "= 1", ".", "a..b = 1", "a = }", "a = ]\n]",
        "{}", ",",
        "a = { , , }", "a = [,,]", "\u{FEFF}", "\r", "#", "a = [1 2 3", "a = {b=1 c=2}",
    ])
    func neverTrapsOnWhatIsNotTOML(_ text: String) {
        _ = KeyLocator(Array(text.utf8))
    }

    @Test func refusesWhatIsNestedTooDeeply() {
        let deep = Array(repeating: "a", count: 65).joined(separator: ".")
        #expect(KeyLocator(Array("\(deep) = 1".utf8)).refusal == .tooDeep(SourcePosition(line: 1, column: 129)))
        #expect(KeyLocator(Array("[\(deep)]".utf8)).refusal != nil)
        #expect(KeyLocator(Array(("a = " + String(repeating: "[", count: 100_000)).utf8)).refusal != nil)
        #expect(KeyLocator(Array(("a = " + String(repeating: "{a=", count: 100_000)).utf8)).refusal != nil)
    }
}
