/// How far a mistyped word is from a known one.
enum EditDistance {
    /// Insertions, deletions, substitutions and swaps of neighbours that turn one into the other
    /// (optimal string alignment), whatever the case of the letters.
    static func between(_ left: String, _ right: String) -> Int {
        let (first, second) = (Array(left.lowercased().utf8.prefix(128)), Array(right.lowercased().utf8.prefix(128)))
        var rows = [Array(0...second.count)]
        for row in 0..<first.count {
            var line = [row + 1]
            for column in 0..<second.count {
                let same = first[row] == second[column]
                var best = min(rows[row][column] + (same ? 0 : 1), line[column] + 1, rows[row][column + 1] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, rows[row - 1][column - 1] + 1)
                }
                line.append(best)
            }
            rows.append(line)
        }
        return rows[first.count][second.count]
    }

    /// The candidate that is nearest, the first of several.
    static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
        candidates.map { (candidate: $0, distance: between(word, $0)) }.min { $0.distance < $1.distance }?.candidate
    }

    /// True when it looks like a slip of the fingers, or a word cut short, rather than another word.
    static func isNear(_ word: String, _ candidate: String) -> Bool {
        (word.count >= 3 && candidate.hasPrefix(word.lowercased()))
            || between(word, candidate) <= max(1, max(word.count, candidate.count) / 3)
    }
}
