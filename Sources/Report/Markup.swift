/// Pieces of HTML. Every text that isn't written here goes through `escape`.
enum Markup {
    /// For text and for attributes in double quotes (HTML Living Standard section 13.3, "Escaping a string").
    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // HTML has no control characters but these; what isn't one of them would make the file invalid.
            case "\n", "\t", "\r": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value): result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A table whose first column names the row; numbers stand on the right.
    ///
    /// - Parameters:
    ///   - caption: read out before the table; shown above it.
    ///   - numbersFrom: the first column of numbers; nil: there is none.
    ///   - sentences: columns whose text may take several lines.
    static func table(
        caption: String, header: [String], rows: [[String]], numbersFrom: Int? = 1, sentences: Set<Int> = []
    ) -> String {
        func align(_ column: Int) -> String {
            if sentences.contains(column) { return " class=\"w\"" }
            return numbersFrom.map { column >= $0 } ?? false ? " class=\"n\"" : ""
        }
        var html = "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(escape(caption))\"><table>\n"
        html += "<caption>\(escape(caption))</caption>\n<thead><tr>"
        for (column, text) in header.enumerated() { html += "<th scope=\"col\"\(align(column))>\(escape(text))</th>" }
        html += "</tr></thead>\n<tbody>\n"
        for row in rows {
            html += "<tr>"
            for (column, text) in row.enumerated() {
                html +=
                    column == 0
                    ? "<th scope=\"row\">\(escape(text))</th>" : "<td\(align(column))>\(escape(text))</td>"
            }
            html += "</tr>\n"
        }
        return html + "</tbody>\n</table></div>\n"
    }

    /// A table that is there for who asks for it, and on paper.
    static func details(_ summary: String, _ content: String) -> String {
        "<details><summary>\(escape(summary))</summary>\n\(content)</details>\n"
    }

    static func figure(_ caption: String, chart: String, legend: String = "") -> String {
        "<figure>\n<figcaption>\(escape(caption))</figcaption>\n\(legend)<div class=\"chart\">\(chart)</div>\n</figure>\n"
    }

    static func paragraph(_ text: String, _ kind: String = "") -> String {
        "<p\(kind.isEmpty ? "" : " class=\"\(kind)\"")>\(escape(text))</p>\n"
    }
}
