import AttendanceCore

/// The whole page: one file that asks for nothing else, and works without a script.
///
/// The same facts and the same time give the same bytes.
public struct ReportPage {
    /// One district, and how far its clocks are ahead of UTC at a moment.
    public struct Subject {
        public var facts: DistrictFacts
        public var offset: (Timestamp) -> Span

        public init(facts: DistrictFacts, offset: @escaping (Timestamp) -> Span) {
            self.facts = facts
            self.offset = offset
        }
    }

    private let subjects: [Subject]
    private let made: Timestamp
    private let version: String

    public init(_ subjects: [Subject], made: Timestamp, version: String) {
        self.subjects = subjects
        self.made = made
        self.version = version
    }

    public var html: String {
        let names = subjects.map(\.facts.name).joined(separator: ", ")
        let articles = subjects.enumerated().map { index, subject in
            DistrictArticle(
                facts: subject.facts, prefix: "d\(index + 1)", made: made,
                local: { $0 + subject.offset($0) }, isAlone: subjects.count == 1
            ).html
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="robots" content="noindex" />
            <meta name="referrer" content="no-referrer" />
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
            <title>Attendance sync: \(Markup.escape(names))</title>
            <style>
            \(Style.css)
            </style>
            </head>
            <body>
            \(Series.patterns)<a class="skip" href="#main">Skip to the report</a>
            <header>
            <h1>Attendance sync\(subjects.count == 1 ? ": \(Markup.escape(names))" : "")</h1>
            <p class="soft">\(Markup.escape(subtitle))</p>
            \(navigation)</header>
            <main id="main">
            \(articles.joined())</main>
            <footer>
            <p>This page holds attendance records. They name people by their ids alone, and are still education records: keep the file as private as the records themselves.</p>
            <p>Made by attendance-sync \(Markup.escape(version)) on \(Markup.escape(made.description)). It is a picture of that moment and asks for nothing over the network.</p>
            </footer>
            </body>
            </html>

            """
    }

    private var subtitle: String {
        guard let first = subjects.first else { return "" }
        let facts = first.facts
        return "\(Format.long(facts.first)) to \(Format.long(facts.last)), as of "
            + "\(Format.time(made + first.offset(made))) (\(facts.timezone))"
    }

    private var navigation: String {
        let links =
            subjects.count == 1
            ? DistrictArticle.sections.map { ("#d1-\($0.id)", $0.title) }
            : subjects.enumerated().map { ("#d\($0.offset + 1)", $0.element.facts.name) }
        let items = links.map { "<li><a href=\"\($0.0)\">\(Markup.escape($0.1))</a></li>" }
        return "<nav aria-label=\"Contents\"><ul>\(items.joined())</ul></nav>\n"
    }
}
