/// Text from a file that nobody has checked, made safe for one line of a terminal or a log.
enum Printable {
    /// Control characters as `\n`, `\t` or `\u{1B}`; longer than 80 characters is cut.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(80) {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
                result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 80 ? result + "…" : result
    }

    /// The text in double quotes.
    static func quoted(_ text: String) -> String { "\"" + escaped(text) + "\"" }
}
