import AttendanceCore
import SyncState

/// The overrides CSV, read, with a digest that tells when it has changed.
public struct OverridesFile: Sendable, Equatable {
    public var overrides: Overrides
    public var digest: String
    /// The file itself, to go on with should the next version have a mistake.
    public var text: String

    public init(overrides: Overrides, digest: String, text: String) {
        self.overrides = overrides
        self.digest = digest
        self.text = text
    }
}

/// A line of the overrides CSV that can't be used.
public struct OverridesError: Error, Sendable, Equatable, CustomStringConvertible {
    public var line: Int
    public var problem: String

    public var description: String { "line \(line): \(problem)" }
}

extension OverridesFile {
    /// Reads `kind,clever_id,schoology_id`: `section,<id>,<section id>` or `student,<id>,<uid>`.
    ///
    /// The header is optional; blank lines and lines that start with `#` are passed over. A line without a
    /// Schoology id is one that the template left to fill in: it overrides nothing.
    public init(csv: String) throws(OverridesError) {
        var overrides = Overrides()
        // Swift takes CR LF for one character, which is not a line feed.
        let lines = csv.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, text) in lines.enumerated() {
            let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.field)
            guard !(text.allSatisfy { $0 == " " || $0 == "," }), !text.hasPrefix("#") else { continue }
            if index == 0, fields.first == "kind" || fields.first == "\u{FEFF}kind" { continue }
            guard fields.count >= 3 else {
                throw OverridesError(
                    line: index + 1, problem: "has \(fields.count) fields; kind,clever_id,schoology_id")
            }
            guard !fields[2].isEmpty else { continue }
            guard !fields[1].isEmpty else { throw OverridesError(line: index + 1, problem: "clever_id is empty") }
            guard let target = Int64(fields[2]), target > 0 else {
                throw OverridesError(line: index + 1, problem: "schoology_id must be a number")
            }
            let earlier: Int64?
            switch fields[0] {
            case "section": earlier = overrides.sections.updateValue(target, forKey: fields[1])
            case "student": earlier = overrides.students.updateValue(target, forKey: fields[1])
            default: throw OverridesError(line: index + 1, problem: "kind must be section or student")
            }
            if let earlier, earlier != target {
                throw OverridesError(
                    line: index + 1, problem: "\(fields[0]) \(fields[1]) has another schoology_id, \(earlier), above")
            }
        }
        // It only has to tell one version of the file from the next.
        var fingerprint = Fingerprint()
        fingerprint.add(csv)
        self.init(overrides: overrides, digest: fingerprint.hexadecimal, text: csv)
    }

    private static func field(_ text: Substring) -> String {
        var field = text
        while field.first == " " { field.removeFirst() }
        while field.last == " " { field.removeLast() }
        if field.count >= 2, field.first == "\"", field.last == "\"" { field = field.dropFirst().dropLast() }
        return String(field)
    }
}
