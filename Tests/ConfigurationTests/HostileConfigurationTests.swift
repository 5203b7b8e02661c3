import SeededRandom
import Configuration
import Testing

@Suite struct HostileConfigurationTests {
    /// A text that a test report shows the beginning of.
    struct Text: CustomTestStringConvertible, ExpressibleByStringLiteral, Sendable {
        let text: String
        init(_ text: String) { self.text = text }
        init(stringLiteral value: String) { text = value }
        var testDescription: String { String(text.prefix(30).map { $0.isNewline ? " " : $0 }) }
    }

    static let texts: [Text] = [
        Text(String(repeating: "a.", count: 200_000) + "a = 1"),
        Text("[" + String(repeating: "a.", count: 200_000) + "a]"),
        Text("a = " + String(repeating: "[", count: 500_000)),
        Text("a = " + String(repeating: "{a=", count: 300_000)),
        Text("a = [" + String(repeating: "\n{ a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = [", count: 20_000)),
        Text("a = \"" + String(repeating: "x", count: 1_000_000)),
        Text("a = " + String(repeating: "9", count: 1_000_000)),
        Text(String(repeating: "[[district]]\n", count: 2000)),
        Text(String(repeating: "=", count: 100_000)),
        "a = \"\\uD800\"", "a = \"\\UFFFFFFFF\"", "\"\" = 1", "a = 1979-13-99", "a = 99999999999999999999", "a = nan",
        "district = [1, \"a\", [], {}, 2020-01-01]", "[[district]]\n[[district.clever]]",
        "[district.clever]\n[[district]]",
        "[[district]]\nclever = []\nschoology = [{}]\nmatching = 1\nstatus_map = [[]]\nconflicts = 1.5\nsafety = true",
        "[[district]]\n[district.status_map]\nabsent = { \"\" = \"late\", none = {} }\nto_clever = { late = { status = [] } }",
        "[[district]]\nname = \"\\u001b[31m\\n\"",
    ]

    @Test(arguments: texts)
    func isRefusedWithAnErrorOnOneLine(_ hostile: Text) {
        let errors = MemoryFiles(hostile.text).errors()
        #expect(!errors.isEmpty)
        let lines = errors.map(\.description)
        #expect(!lines.contains { line in line.utf8.contains { $0 < 32 } })
    }

    @Test func namesTheByteThatIsNotUTF8() {
        let errors = MemoryFiles(bytes: Array("# ü\nab".utf8) + [0xC3, 0x28]).errors()
        #expect(
            errors.map(\.description) == [
                "/etc/sync/sync.toml:2:3: the file is not UTF-8 text; save it with the encoding UTF-8"
            ])
    }

    @Test func refusesMoreThanAMebibyte() {
        let errors = MemoryFiles(bytes: Array(repeating: UInt8(ascii: "\n"), count: 1 << 20 + 1)).errors()
        #expect(errors.map(\.message) == ["the configuration is larger than 1024 KiB"])
    }

    /// Words of TOML in any order, from a seed: what a parser's authors didn't think of.
    @Test func anySequenceOfWordsIsLoadedOrRefused() {
        var random = SeededGenerator(seed: 11)
        let words = [
            "[", "]", "[[", "]]", "{", "}", ",", "=", ".", "\n", "\n", " ", "#", "a", "b", "district", "clever", "\"",
            "'",
            "\"\"\"", "'''", "\"x\"", "'y'", "1", "-", "+", "_", "0x", "1.5", "e5", "true", "inf", "nan", "1979-05-27",
            "T07:32:00", "Z", "\\", "\\u00", "\t", "\r\n", "\u{FEFF}", "\u{A0}", "ü", "\u{2028}", "\u{7F}", "\u{1}",
            "a = [", "a = {", "b = 1", "[a]", "[[a]]", "[a.b]", "a.b = 1", "a = []", ": ", "07:32", "0b1", "0o7", "1_0",
        ]
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 1...14, using: &random) { text += words.randomElement(using: &random) ?? "" }
            _ = MemoryFiles(text).errors(loadSecrets: false)
        }
    }

    /// Bytes of the example, cut, doubled, swapped and replaced, from a seed.
    @Test func anyMutationIsLoadedOrRefused() {
        var random = SeededGenerator(seed: 7)
        let seed = Array(
            """
            [service]
            log_level = "info" # x
            [[district]]
            name = "springfield"
            timezone = "America/Chicago"
            clever = { schools = ["a", 'b'], page_size = 0x10 }
            [district.schoology.rate_limit]
            "credits" = 1_5
            window = \"\"\"5s\"\"\"
            [district.status_map]
            tardy.none = "late"
            tardy."*" = "late"

            """.utf8)
        let alphabet = Array("[]{}=.,\"'\\#\n\r\t ae0-+_u\u{0}".utf8) + [0x80, 0xFF, 0xC3]
        for _ in 0..<2000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + place % 5))
                case _: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 9)], at: place)
                }
                if bytes.isEmpty { bytes = [10] }
            }
            _ = MemoryFiles(bytes: bytes).errors(loadSecrets: false)
        }
    }
}
