extension DistrictSettings {
    /// The part of the configuration that decides which marks are compared and what they mean, as one text: direction,
    /// time zone, scope, mapping, matching. When it changes, what follows is held until a person has looked at it.
    ///
    /// Limits, intervals, credentials and the conflict policy aren't of it: they change how, when and by whom. The text is
    /// stored, so its form must stay: another one would hold every district's writes with an upgrade.
    public var fingerprint: String {
        func row(_ row: StatusMap.Row) -> String {
            let codes = row.codes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return ([row.withoutCode.map { "\($0)" } ?? "-", row.anyOtherCode.map { "\($0)" } ?? "-"] + codes)
                .joined(separator: ",")
        }
        let back = statusMap.toClever.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.key)=\($0.value.status)/\($0.value.excuseCode ?? "")" }
        return [
            direction.rawValue, timezone, clever.daily.rawValue, clever.schools.sorted().joined(separator: ","),
            row(statusMap.present), row(statusMap.absent), row(statusMap.tardy), back.joined(separator: ","),
            matching.sections.map(\.description).joined(separator: ","),
            matching.students.map(\.description).joined(separator: ","),
        ].joined(separator: "|")
    }
}
