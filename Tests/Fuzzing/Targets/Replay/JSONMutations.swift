import SeededRandom

/// Texts that are JSON, and texts that nearly are, the same for the same seed.
struct JSONMutations {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A text that is JSON.
    mutating func whole() -> [UInt8] { Array(value(depth: 0).utf8) }

    /// One that is damaged in a place or more.
    mutating func damaged() -> [UInt8] {
        var bytes = whole()
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.remove(at: position)
            case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.insert(pick(Array("{}[]\",:\\0-.eE+tfn \n".utf8)), at: position)
            case 3: bytes.insert(contentsOf: pick(Self.pieces).utf8, at: position)
            default: bytes.removeSubrange(position...)
            }
        }
        return bytes
    }

    private static let pieces = [
        "null", "true", "false", "1e5", "-0", "0.0", "1.50", "9223372036854775808", "18446744073709551616", "1e400",
        "\\u0041",
        "\\ud83d\\ude00", "\\ud800", "\\n", "\u{1F600}", "é", "\u{0}", "\u{1F}", "\"", "\"a\":", ",", "]]", "}}",
        "1E+2", "10e-1", "9007199254740993.0",
    ]

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements.randomElement(using: &random)!
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 4 ? 7 : 11), using: &random) {
        case 0: return pick(["null", "true", "false"])
        case 1: return String(Int64.random(in: -1000...1000, using: &random))
        case 2: return String(UInt64.random(in: 0...UInt64.max, using: &random))
        case 3:
            return pick([
                "-0", "0", "1.0", "1e3", "-2.50", "1E-1", "123456789012345678901234567890", "0.1e1", "1e19", "-1e18",
            ])
        case 4, 5, 6: return text()
        case 7, 8:
            return "["
                + (0..<Int.random(in: 0..<4, using: &random)).map { _ in space() + value(depth: depth + 1) + space() }
                .joined(separator: ",") + "]"
        default:
            return "{" + space()
                + (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    text() + space() + ":" + space() + value(depth: depth + 1)
                }.joined(separator: "," + space()) + "}"
        }
    }

    private mutating func space() -> String { pick(["", "", "", " ", "\n\t", "\r"]) }

    private mutating func text() -> String {
        let parts = [
            "a", "b", "date", "student_id", "67f42021e56ea9c7000e8000", " ", "é", "😀", "\\\"", "\\\\", "\\/", "\\n",
            "\\u00e9", "\\ud83d\\ude00",
        ]
        return "\"" + (0..<Int.random(in: 0..<3, using: &random)).map { _ in pick(parts) }.joined() + "\""
    }
}
