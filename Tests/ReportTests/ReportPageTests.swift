import AttendanceCore
import FoundationXML
import Foundation
import Report
import Testing

/// The page as bytes: valid, closed in itself, readable without eyes, and the same each time.
@Suite struct ReportPageTests {
    static let last = Day("2026-11-20")!
    static let made = Timestamp("2026-11-20T15:00:00Z")!
    static let evil = "<script>alert('x')</script> & \"quotes\" \u{7} ]]>"

    /// Everything that a page can show.
    static var full: DistrictFacts {
        var facts = DistrictFacts(name: "springfield", first: last - 29, last: last)
        facts.timezone = "America/Chicago"
        for (index, day) in facts.allDays.enumerated() where index % 7 < 5 {
            facts.marks[day] = [
                "school-\(evil)": [.absent: 12 + index, .late: 3, .excused: 5], "school-2": [.absent: index],
            ]
            var value = DistrictFacts.DayFacts()
            value.toSchoology = 900 + index
            value.toClever = 40
            value.confirmed = 39
            value.delayToSchoology = .init([.seconds(40), .minutes(3), .minutes(11)])
            value.delayToClever = .init([.hours(3), .hours(20)])
            value.conflictsByPolicy = 2
            value.conflictsByOperator = 1
            value.conflictsOpen = index == 28 ? 1 : 0
            value.cyclesDone = 280
            value.cyclesFailed = 4
            value.cleverRequests = 300
            value.schoologyRequests = 5000
            value.puts = 700
            facts.days[day] = value
        }
        facts.health.lastGoodCycle = made - .minutes(4)
        facts.health.workingSince = made - .days(12)
        facts.health.outages = [.init(from: made - .days(13), to: made - .days(12), reason: evil)]
        facts.health.deadLetters = 2
        facts.openConflicts = [
            .init(
                id: 7, day: last, student: evil, section: "section-9", base: .present, clever: .absent,
                schoology: .late, detected: made)
        ]
        facts.unmatched = [.init(kind: "student", side: .clever, id: evil, reason: evil, records: 3)]
        facts.held = [
            .init(
                id: 1, side: .schoology, day: last, school: evil, reason: evil, state: "held", changes: 400,
                created: made, decided: nil, decidedBy: nil)
        ]
        return facts
    }

    private static func page(_ facts: [DistrictFacts]) -> String {
        ReportPage(
            facts.map { .init(facts: $0) { _ in .hours(-6) } }, made: made, version: "1.2.3"
        ).html
    }

    private static var empty: DistrictFacts { DistrictFacts(name: "quiet", first: last - 29, last: last) }

    private static var neverRun: DistrictFacts {
        var facts = empty
        facts.hasState = false
        return facts
    }

    /// What a reader of XML makes of a page: its elements with their attributes, and the text of those with an id.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []
        var textByID: [String: String] = [:]
        private var open: [String?] = []

        init?(_ html: String) {
            super.init()
            let parser = XMLParser(data: Data(html.replacing("<!DOCTYPE html>", with: "").utf8))
            parser.delegate = self
            guard parser.parse() else { return nil }
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            elements.append((name, attributes))
            open.append(attributes["id"])
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) {
            for case let id? in open { textByID[id, default: ""] += text }
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) { open.removeLast() }
    }

    @Test(arguments: [[full], [empty], [neverRun], [full, empty, neverRun]])
    func isWellFormedWithUniqueIdsAndLinksThatLead(facts: [DistrictFacts]) throws {
        let reader = try #require(Reader(Self.page(facts)))
        let ids = reader.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        let targets = reader.elements.compactMap { $0.attributes["href"] }
        #expect(targets.allSatisfy { $0.hasPrefix("#") })
        if facts.allSatisfy(\.hasState) { #expect(targets.allSatisfy { ids.contains(String($0.dropFirst())) }) }
    }

    @Test(arguments: [[full], [full, empty]])
    func everyPictureAndTableHasAName(facts: [DistrictFacts]) throws {
        let reader = try #require(Reader(Self.page(facts)))
        let pictures = reader.elements.filter { $0.name == "svg" && $0.attributes["aria-hidden"] == nil }
        #expect(pictures.count >= 8)
        for picture in pictures {
            #expect(picture.attributes["role"] == "img")
            for key in ["aria-labelledby", "aria-describedby"] {
                let id = picture.attributes[key] ?? ""
                #expect((reader.textByID[id] ?? "").count > 10, "\(key) \(id)")
            }
        }
        let tables = reader.elements.count { $0.name == "table" }
        #expect(tables >= 10)
        #expect(reader.elements.count { $0.name == "caption" } == tables)
        for region in reader.elements where region.attributes["role"] == "region" {
            #expect(region.attributes["tabindex"] == "0")
            #expect(region.attributes["aria-label"]?.isEmpty == false)
        }
    }

    @Test func asksForNothingAndRunsNothing() {
        let page = Self.page([Self.full])
        for forbidden in ["<script", "http://", "https://", "@import", "src=", "javascript:", "onload", "url(http"] {
            #expect(!page.contains(forbidden), "\(forbidden)")
        }
        #expect(page.contains("default-src 'none'"))
        // What came from the state is text.
        #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quotes&quot; \u{FFFD}"))
    }

    @Test func isTheSameForTheSameStateAndTime() {
        #expect(Self.page([Self.full, Self.empty]) == Self.page([Self.full, Self.empty]))
    }

    @Test func saysHowItIs() {
        var facts = Self.full
        #expect(Self.page([facts]).contains("Working, and somebody is needed"))
        #expect(Self.page([facts]).contains("attendance-sync held list"))
        facts.health.deadLetters = 0
        facts.held = []
        facts.openConflicts = []
        #expect(Self.page([facts]).contains("<h3>Working</h3><p>Without a break since Sun 8 Nov 2026, 09:00."))
        facts.health.pause = .init(since: Self.made, until: nil, by: "k.meyer", reason: "roll-over")
        #expect(Self.page([facts]).contains("Paused until somebody resumes it"))
        facts.health.workingSince = nil
        #expect(Self.page([facts]).contains("Not working since Fri 20 Nov 2026, 08:56"))
        #expect(Self.page([Self.empty]).contains("Not working yet"))
        #expect(Self.page([Self.neverRun]).contains("No cycle has run yet"))
    }

    @Test func theTableSaysWhatThePictureShows() throws {
        let page = Self.page([Self.full])
        let days = Self.full.days
        #expect(days.count == 22)
        for (day, value) in days {
            let counts = "\(value.toSchoology) written to Schoology, \(value.toClever) sent to Clever</title>"
            #expect(page.contains(": \(counts)"))
            let cells = [value.toSchoology, value.toClever, value.confirmed].map { "<td class=\"n\">\($0)</td>" }
            #expect(page.contains(" \(day.civil.year)</th>\(cells.joined())"))
        }
    }
}
