extension ConfigurationReference {
    /// The reference in Markdown, as `docs/CONFIGURATION.md` has it.
    static func document() -> String {
        var lines = introduction
        for table in tables where !table.summary.isEmpty {
            lines += ["", "## `\(table.header)`", "", table.summary]
            lines += ["", "| key | type | default | meaning |", "|---|---|---|---|"]
            lines += table.keys.map(row)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ key: KeySpec) -> String {
        let cells = ["`\(key.name)`", key.type, standard(key), key.meaning]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// In code quotes where it is TOML.
    private static func standard(_ key: KeySpec) -> String {
        let text = key.standard
        if text == "required" || text == "none" || text.contains("`") { return text }
        guard let end = text.firstRange(of: "\" if ") else { return "`\(text)`" }
        return "`\(text[..<end.lowerBound])\"`\(text[end.lowerBound...].dropFirst())"
    }

    private static let introduction = [
        "# The configuration",
        "",
        "One TOML file, `/etc/attendance-sync/attendance-sync.toml` unless `--config` names another. Start from",
        "`config/attendance-sync.example.toml`; `attendance-sync check-config` says what is wrong with it, one line each:",
        "",
        "```",
        "attendance-sync.toml:14:1: district[0].clever.poll_interva: unknown key; did you mean poll_interval?",
        "```",
        "",
        "This page is generated from the table by which the program reads the file (`swift test` compares them).",
        "",
        "- An unknown key or table is an error. Every key below may be left out, except where the default is *required*.",
        "- A **duration** is a number and `s`, `m`, `h` or `d` in quotes: `\"90s\"`, `\"15m\"`. One second is the shortest.",
        "- A **file with a secret** is named, never written into this file. It holds the secret on one line and must not be",
        "  readable by others: `chmod 600`. A relative name is looked up in `$CREDENTIALS_DIRECTORY` when that is set",
        "  (systemd's `LoadCredential=`, whose own modes are fine), else beside this file or in a folder `secrets` there.",
        "  `NAME` in a default is the district's `name`.",
        "- Other **files**: a relative name is beside this file, unless `$CREDENTIALS_DIRECTORY` has it.",
        "- Tables that the direction doesn't use need no secrets: their files are not read.",
        "- A value that is wrong never starts the program half: `run` and `once` exit 78, and a reload keeps what was there.",
    ]
}
