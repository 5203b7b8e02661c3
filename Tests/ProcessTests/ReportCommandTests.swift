import Foundation
import Testing

@testable import Sandbox

/// `report --html`: the file, and what a browser makes of it.
@Suite struct ReportCommandTests {
    private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private func mode(_ file: URL) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int ?? 0
    }

    @Test func theFileIsPrivateAndReplaced() async throws {
        let place = try await Installation.make()
        let file = place.folder.appendingPathComponent("report.html")
        #expect(try await place.run("report", "--html", file.path).status == 0)
        #expect(try String(contentsOf: file, encoding: .utf8).contains("No cycle has run yet"))
        chmod(file.path, 0o644)

        try place.mark(place.pairs[0], "absent")
        #expect(try await place.run("once").status == 0)
        let written = try await place.run("report", "--html", file.path, "--json")
        let document = try JSONSerialization.jsonObject(with: Data(written.output.utf8)) as? [String: Any]
        #expect(document?["version"] as? Int == 1)
        #expect(document?["districts"] as? [String] == ["town"])
        let page = try String(contentsOf: file, encoding: .utf8)
        #expect(document?["bytes"] as? Int == page.utf8.count)
        #expect(try mode(file) == 0o600)
        #expect(page.contains("<h3>Working</h3>"))
        // No temporary file is left.
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.folder.path).filter { $0.contains("report.html") }
                == ["report.html"])
        let settings = place.sandbox.settings
        let secrets = [settings.cleverToken, settings.consumerKey, settings.consumerSecret]
        let people = 0..<settings.plan.students
        let names = Set(people.map { Names.first($0) }).union(people.map { Names.last($0) })
        #expect((secrets + names.sorted()).filter { page.contains(">\($0)<") || page.contains(" \($0) ") } == [])
    }

    @Test func theFiguresAreThoseOfTheState() async throws {
        let place = try await Installation.make()
        for pair in place.pairs.prefix(5) { try place.mark(pair, "absent") }
        try place.mark(place.pairs[6], "tardy")
        #expect(try await place.run("once").status == 0)
        let file = place.folder.appendingPathComponent("report.html")
        _ = try await place.run("report", "--html", file.path, "--since", place.today.description)
        let page = try String(contentsOf: file, encoding: .utf8)
        let shown = place.sandbox.schoologyMarks().filter { $0.date == place.today && $0.status > 1 }
        let counts = [2, 3, 4].map { status in shown.count { $0.status == status } }
        #expect(counts[0] >= 5 && counts[1] >= 1)
        #expect(page.contains(": \(counts[0]) absent, \(counts[1]) late, \(counts[2]) excused</title>"))
        let puts = place.sandbox.requests.filter { $0.method == "PUT" }.flatMap(\.items).count
        #expect(page.contains(": \(puts) written to Schoology, 0 sent to Clever</title>"))
    }

    @Test func wrongDaysAndPlacesAreSaid() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("report").status == 64)
        #expect(try await place.run("report", "--html", "r.html", "--since", "yesterday").status == 64)
        #expect(try await place.run("report", "--html", "r.html", "--since", "2999-01-01").status == 64)
        let nowhere = try await place.run("report", "--html", "/nowhere/report.html")
        #expect(nowhere.status == 78)
        #expect(nowhere.log.contains("to mend it"))
    }

    @Test(.enabled(if: browser != nil, "scripts/setup browser")) func aBrowserHasNothingToComplainAbout() async throws {
        let circle = try await Circle.make()
        let place = circle.place
        try circle.teach(place.pairs[0], 3)
        try place.mark(place.pairs[3], "absent")
        #expect(try await place.run("once", "--upload").status == 0)
        let file = place.folder.appendingPathComponent("report.html")
        #expect(try await place.run("report", "--html", file.path).status == 0)

        let shown = try await look(at: file, in: place)
        #expect(shown.complaints == [])
        #expect(shown.document.contains("<h3>Working</h3>"))
        #expect(shown.document.contains("role=\"img\""))

        // The same look at a page that runs something and asks for something: both are seen, and refused.
        let page = try String(contentsOf: file, encoding: .utf8)
        let meddled = place.folder.appendingPathComponent("meddled.html")
        try page.replacing(
            "</main>",
            with: "<script>document.title = 'ran'</script><img src=\"http://127.0.0.1:1/x.png\" alt=\"\"></main>"
        ).write(to: meddled, atomically: true, encoding: .utf8)
        let refused = try await look(at: meddled, in: place)
        #expect(refused.complaints.count == 2)
        #expect(refused.complaints.allSatisfy { $0.contains("Content Security Policy") })
        #expect(!refused.document.contains("<title>ran</title>"))
    }

    /// - Returns: what the page became, and each line of its console.
    private func look(at file: URL, in place: Installation) async throws -> (document: String, complaints: [String]) {
        let profile = place.folder.appendingPathComponent("profile-\(UUID().uuidString)").path
        let ended = try await Program(
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                // The browser's own requests, which it makes whatever it shows.
                "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(profile)", "--enable-logging=stderr",
                "--virtual-time-budget=2000", "--dump-dom", file.absoluteString,
            ], of: Self.browser ?? "", environment: ["HOME": place.folder.path], in: place.folder
        ).end()
        #expect(ended.status == 0, "\(ended.log)")
        return (ended.output, ended.log.split(separator: "\n").filter { $0.contains(":CONSOLE") }.map(String.init))
    }
}
