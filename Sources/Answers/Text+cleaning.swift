extension StringProtocol {
    /// Without the white space around it.
    package var trimmed: String {
        var rest = self[...]
        while rest.first?.isBlank == true { rest.removeFirst() }
        while rest.last?.isBlank == true { rest.removeLast() }
        return String(rest)
    }

    /// Whether there is nothing but white space.
    package var isBlank: Bool {
        allSatisfy(\.isBlank)
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

extension Character {
    /// White space; most characters are told without a look into Unicode's tables.
    fileprivate var isBlank: Bool {
        if let ascii = asciiValue { return ascii == 0x20 || (0x09...0x0D).contains(ascii) }
        return isWhitespace
    }
}
