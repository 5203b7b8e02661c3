extension StringProtocol {
    /// Without the white space around it.
    package var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// Whether there is nothing but white space.
    package var isBlank: Bool {
        allSatisfy(\.isWhitespace)
    }

    /// One line of at most `limit` characters, without control and formatting characters: fit for a log or a
    /// terminal.
    package func line(limit: Int) -> String {
        var clean = String.UnicodeScalarView()
        // An unbroken run of combining marks is one character; the scalars are bounded as well.
        for scalar in unicodeScalars.prefix(16 * limit) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: clean.append(" ")
            case .format, .privateUse, .surrogate, .unassigned: break
            default: clean.append(scalar)
            }
        }
        return String(String(clean).trimmed.prefix(limit)).trimmed
    }
}
