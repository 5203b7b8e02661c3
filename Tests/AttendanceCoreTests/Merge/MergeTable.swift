import AttendanceCore

/// `docs/MERGE.md`: what becomes of every base, Clever and Schoology, for each direction and policy.
enum MergeTable {
    private struct Column {
        var title: String
        var policy: ConflictPolicy
        var cleverModified: Timestamp?
        var schoologySeen: Timestamp?
    }

    private static let columns = [
        Column(title: "`clever`", policy: .clever),
        Column(title: "`schoology`", policy: .schoology),
        Column(
            title: "`newest`, Clever's later", policy: .newest, cleverModified: Timestamp(seconds: 2),
            schoologySeen: Timestamp(seconds: 1)),
        Column(
            title: "`newest`, Schoology's later", policy: .newest, cleverModified: Timestamp(seconds: 1),
            schoologySeen: Timestamp(seconds: 2)),
        Column(title: "`hold`", policy: .hold),
    ]

    static var markdown: String {
        introduction + Direction.allCases.map(section).joined()
    }

    private static let introduction = """
        # The merge, case by case

        Generated from the code by the tests (`UPDATE_DOCS=1 swift test --filter MergeTableTests`), and checked by
        them. Don't edit it.

        Each row is one key: the base that both sides agreed on last, and what each side says now. A mark that isn't
        there is `present`. The columns are the values of `conflicts.policy`; `protect` is its default, `["excused"]`.

        | written here | means |
        |---|---|
        | – | nothing differs: nothing happens |
        | base: late | both sides say the same: the base becomes it, without a write |
        | Schoology ← late | one side changed: the other is written |
        | drift | the side that is only written to changed by itself: left alone, shown by `status` |
        | **conflict**: Schoology ← late | both changed, or a protected mark was changed: logged, and decided like this |
        | **conflict**: Clever wins, left | logged; the winner is the side that is only written to, so nothing is written |
        | **conflict**: held | logged and left open for a person (`conflicts resolve`) |

        `newest` compares Clever's `last_modified` with the time of Schoology's edit. Of two equal times Clever's wins,
        and an edit whose time isn't known counts as the older.

        A value that an operator refused (`held discard`, `undo`) is no change: alone it gives nothing, and a conflict
        that it would win is left.

        """

    private static func section(_ direction: Direction) -> String {
        "\n## direction = \"\(direction.rawValue)\"\n" + Status.allCases.map { table(direction, base: $0) }.joined()
    }

    private static func table(_ direction: Direction, base: Status) -> String {
        var lines = ["", "### base: \(base)", ""]
        lines.append("| Clever | Schoology | " + columns.map(\.title).joined(separator: " | ") + " |")
        lines.append("|---|---|" + String(repeating: "---|", count: columns.count))
        for clever in Status.allCases {
            for schoology in Status.allCases {
                let cells = columns.map { column in
                    cell(
                        merge(
                            MergeInput(
                                base: base, clever: clever, schoology: schoology,
                                cleverModified: column.cleverModified, schoologySeen: column.schoologySeen),
                            MergeRules(direction: direction, policy: column.policy, protect: [.excused])))
                }
                lines.append("| \(clever) | \(schoology) | " + cells.joined(separator: " | ") + " |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cell(_ outcome: MergeOutcome) -> String {
        switch outcome {
        case .nothing: "–"
        case .heal(let status): "base: \(status)"
        case .write(let side, let status): "\(name(side)) ← \(status)"
        case .drift(let side): "drift on \(name(side))"
        case .conflict(.write(let side, let status)): "**conflict**: \(name(side)) ← \(status)"
        case .conflict(.leave(let winner)): "**conflict**: \(name(winner)) wins, left"
        case .conflict(.hold): "**conflict**: held"
        }
    }

    private static func name(_ side: Side) -> String {
        switch side {
        case .clever: "Clever"
        case .schoology: "Schoology"
        }
    }
}
