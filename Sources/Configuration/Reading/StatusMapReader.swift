import AttendanceCore

/// Reads `[district.status_map]` and `[district.status_map.to_clever]`.
enum StatusMapReader {
    private static let statuses = Status.allCases.map { ($0.description, $0) }

    static func map(_ reader: TableReader) -> StatusMap {
        var map = StatusMap.standard
        if let row = row("present", reader) { map.present = row }
        if let row = row("absent", reader) { map.absent = row }
        if let row = row("tardy", reader) { map.tardy = row }
        let errorsInRows = reader.diagnostics.errors.count
        let back = reader.table(ConfigurationReference.toClever)
        if let back {
            for status in Status.allCases {
                if let value = cleverValue(status, back) { map.toClever[status] = value }
            }
        }
        if errorsInRows == reader.diagnostics.errors.count {
            reportStatusesThatDoNotReturn(map, reader, back)
        }
        return map
    }

    private static func row(_ name: String, _ reader: TableReader) -> StatusMap.Row? {
        guard let entries = reader.openTable(name) else { return nil }
        var row = StatusMap.Row(withoutCode: nil, anyOtherCode: nil)
        for entry in entries {
            guard case .text(let text) = entry.node else {
                reader.diagnostics.report(
                    entry.path, "wants a status, not \(entry.node.kind)",
                    "allowed: " + statuses.map(\.0).joined(separator: ", "))
                continue
            }
            guard !entry.key.isEmpty else {
                reader.diagnostics.report(
                    entry.path, "an empty code is no code", "write none = \"…\" for marks without one")
                continue
            }
            guard let status = reader.choice(text, at: entry.path, among: statuses) else { continue }
            switch entry.key {
            case "none": row.withoutCode = status
            case "*": row.anyOtherCode = status
            default: row.codes[entry.key] = status
            }
        }
        return row
    }

    private static func cleverValue(_ status: Status, _ reader: TableReader) -> StatusMap.CleverValue? {
        guard let row = reader.table(ConfigurationReference.toCleverRow, key: status.description) else { return nil }
        guard row.isSet("status") else {
            reader.report(
                status.description, "status is missing",
                "write { status = \"absent\" }, with excuse_code where there is one")
            return nil
        }
        let code = row.text("excuse_code")
        guard let clever = row.choice("status", among: CleverStatus.allCases.map { ($0.description, $0) }) else {
            return nil
        }
        if code == "" {
            row.report("excuse_code", "an empty code is no code", "leave excuse_code out")
            return nil
        }
        return StatusMap.CleverValue(status: clever, excuseCode: code)
    }

    /// Each status must come back as itself, or a mark would change on its way to Clever and back.
    private static func reportStatusesThatDoNotReturn(_ map: StatusMap, _ reader: TableReader, _ back: TableReader?) {
        for status in map.statusesThatDoNotReturn {
            guard let value = map.toClever[status] else { continue }
            let result = map.status(of: value.status, excuseCode: value.excuseCode)
            let sent = value.excuseCode.map { "\(value.status) with code \($0)" } ?? "\(value.status) without a code"
            let returns = result.map { "comes back as \($0)" } ?? "is in no entry of the map"
            let message = "\(status) would be sent as \(Printable.escaped(sent)), which \(returns)"
            let hint = "write " + repair(status, map)
            if let back, back.isSet(status.description) {
                back.report(status.description, message, hint)
            } else if let back {
                back.report(status.description, message + " (the standard row)", hint)
            } else {
                reader.report("to_clever", message + " (the standard row)", hint)
            }
        }
    }

    /// A row that would come back, from the map as it is; or the entry that the map lacks.
    private static func repair(_ status: Status, _ map: StatusMap) -> String {
        for (clever, row) in [(CleverStatus.present, map.present), (.absent, map.absent), (.tardy, map.tardy)] {
            if row.withoutCode == status {
                return "to_clever.\(status) = " + StatusMap.CleverValue(status: clever).configurationText
            }
        }
        for (clever, row) in [(CleverStatus.present, map.present), (.absent, map.absent), (.tardy, map.tardy)] {
            if let code = row.codes.filter({ $0.value == status }).keys.min() {
                return "to_clever.\(status) = "
                    + StatusMap.CleverValue(status: clever, excuseCode: code).configurationText
            }
        }
        return "an entry for a code in the map that means \"\(status)\", and that code in to_clever.\(status)"
    }
}
