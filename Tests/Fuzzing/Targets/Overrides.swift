import AttendanceCore

@testable import SyncEngine

extension FuzzTarget {
    /// The overrides file: each line is taken, passed over for one of the documented reasons, or an error.
    static let overrides = FuzzTarget(name: "overrides") { input throws(Finding) in
        guard let csv = String(validating: input, as: UTF8.self) else { return }
        let file: OverridesFile
        do throws(OverridesError) {
            file = try OverridesFile(csv: csv)
        } catch {
            try require((1...1 + input.count).contains(error.line), "an error in line \(error.line)")
            return
        }
        let overrides = file.overrides
        try require(file.text == csv, "another text is kept")
        for (id, target) in Array(overrides.sections) + Array(overrides.students) {
            try require(target > 0 && !id.isEmpty, "\(id) is overridden with \(target)")
            try require(!id.utf8.contains { $0 == 0x0A || $0 == 0x0D }, "a line end in an id")
        }

        // Written again, it says the same.
        var lines = ["kind,clever_id,schoology_id"]
        lines += overrides.sections.map { #"section,"\#($0.key)",\#($0.value)"# }
        lines += overrides.students.map { #"student,"\#($0.key)",\#($0.value)"# }
        for end in ["\n", "\r\n"] {
            let again = try? OverridesFile(csv: lines.joined(separator: end) + end)
            try require(again?.overrides == overrides, "\(overrides) reads again as \(String(describing: again))")
        }

        // Nothing is passed over without a word: whatever looks like an override is one.
        let wanted = input.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).filter(looksLikeAnOverride)
        try require(
            wanted.isEmpty || !overrides.sections.isEmpty || !overrides.students.isEmpty, "\(wanted.count) lines lost")
    }

    /// `section,1,2`, of letters and digits alone.
    private static func looksLikeAnOverride(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].elementsEqual("section".utf8) || fields[0].elementsEqual("student".utf8)
        else { return false }
        return !fields[1].isEmpty && !fields[2].isEmpty
            && fields[1...2].allSatisfy { $0.allSatisfy { (48...57).contains($0) } }
    }
}
