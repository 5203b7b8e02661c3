import AttendanceCore

extension RateLimit {
    var configurationText: String {
        "{ credits = \(credits), window = \"\(window)\", read_cost = \(readCost), write_cost = \(writeCost) }"
    }
}

extension StatusMap.Row {
    var configurationText: String {
        var entries: [String] = []
        if let withoutCode { entries.append("none = \"\(withoutCode)\"") }
        entries += codes.sorted { $0.key < $1.key }.map { "\($0.key) = \"\($0.value)\"" }
        if let anyOtherCode { entries.append("\"*\" = \"\(anyOtherCode)\"") }
        return "{ " + entries.joined(separator: ", ") + " }"
    }
}

extension StatusMap.CleverValue {
    var configurationText: String {
        var text = "{ status = \"\(status)\""
        if let excuseCode { text += ", excuse_code = \"\(excuseCode)\"" }
        return text + " }"
    }
}
