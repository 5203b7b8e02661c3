import AttendanceCore

/// One kind of thing that a chart counts. It is told from the others by its pattern and its name, not by colour alone.
struct Series {
    /// Names the colour and the pattern of the style sheet.
    enum Look: String, CaseIterable {
        case blue, orange, green, purple, sky, grey
    }

    var name: String
    var look: Look
    /// One for each day, or for each row.
    var values: [Int]

    /// The colour blind tell these apart (Okabe and Ito, "Color Universal Design", 2008).
    static func legend(_ series: [Series]) -> String {
        let items = series.map {
            "<li><svg width=\"22\" height=\"14\" aria-hidden=\"true\">"
                + "<rect class=\"b \($0.look.rawValue)\" x=\"1\" y=\"1\" width=\"20\" height=\"12\" rx=\"2\"/></svg> "
                + "\(Markup.escape($0.name))</li>"
        }
        return "<ul class=\"legend\">\(items.joined())</ul>\n"
    }

    /// The patterns that the style sheet fills bars with, once a page.
    static let patterns = """
        <svg class="defs" width="0" height="0" aria-hidden="true"><defs>
        <pattern id="p-orange" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="f-orange" width="6" height="6"/><rect class="ink" width="2" height="6"/></pattern>
        <pattern id="p-green" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-green" width="6" height="6"/><circle class="ink" cx="3" cy="3" r="1.4"/></pattern>
        <pattern id="p-purple" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="f-purple" width="6" height="6"/><rect class="ink" width="6" height="1.6"/></pattern>
        <pattern id="p-sky" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="f-sky" width="6" height="6"/><rect class="ink" width="1.6" height="6"/></pattern>
        </defs></svg>

        """
}
