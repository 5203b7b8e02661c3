import AttendanceCore

/// Reads the matching rules, `sis_id=school_uid`.
enum RuleReader {
    typealias SectionRule = MatchingSettings.SectionRule
    typealias StudentRule = MatchingSettings.StudentRule

    /// Every rule there is, in the configuration's words.
    static let sectionForms = SectionRule.CleverField.allCases.flatMap { clever in
        SectionRule.SchoologyField.allCases.map { SectionRule(clever, $0).description }
    }
    static let studentForms = StudentRule.CleverField.allCases.flatMap { clever in
        StudentRule.SchoologyField.allCases.map { StudentRule(clever, $0).description }
    }

    static func sections(_ reader: TableReader) -> [SectionRule]? {
        rules("sections", reader) { text, path in
            parts(
                of: text, at: path, reader, SectionRule.CleverField.self, SectionRule.SchoologyField.self
            ).map { SectionRule($0, $1) }
        }
    }

    static func students(_ reader: TableReader) -> [StudentRule]? {
        rules("students", reader) { text, path in
            parts(
                of: text, at: path, reader, StudentRule.CleverField.self, StudentRule.SchoologyField.self
            ).map { StudentRule($0, $1) }
        }
    }

    /// Rules as a TOML list.
    static func list(_ rules: [some CustomStringConvertible]) -> String {
        "[" + rules.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    }

    private static func rules<Rule>(
        _ key: String, _ reader: TableReader, read: (String, ConfigurationPath) -> Rule?
    ) -> [Rule]? {
        guard let texts = reader.texts(key) else { return nil }
        if texts.isEmpty, !reader.isSet("overrides_file") {
            reader.report(
                key, "without a rule nothing is matched",
                "write at least one, or leave the key out for the standard ones")
            return nil
        }
        return texts.compactMap { read($0.text, $0.path) }
    }

    private static func parts<Clever: RawRepresentable & CaseIterable, Schoology: RawRepresentable & CaseIterable>(
        of text: String, at path: ConfigurationPath, _ reader: TableReader, _: Clever.Type, _: Schoology.Type
    ) -> (Clever, Schoology)? where Clever.RawValue == String, Schoology.RawValue == String {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false).map { side in
            String(side.trimmingPrefix { $0 == " " }.reversed().trimmingPrefix { $0 == " " }.reversed())
        }
        guard sides.count == 2 else {
            reader.diagnostics.report(
                path, "\(Printable.quoted(text)) is not a rule",
                "write <Clever field>=<Schoology field>, such as "
                    + "\"\(Clever.allCases.first?.rawValue ?? "")=\(Schoology.allCases.first?.rawValue ?? "")\"")
            return nil
        }
        let clever = reader.choice(sides[0], at: path, among: Clever.allCases.map { ($0.rawValue, $0) })
        let schoology = reader.choice(sides[1], at: path, among: Schoology.allCases.map { ($0.rawValue, $0) })
        guard let clever, let schoology else { return nil }
        return (clever, schoology)
    }
}
