extension TableReader {
    /// A reader of a table that isn't written, for its defaults.
    func absent(_ spec: TableSpec) -> TableReader {
        TableReader([:], at: path.key(spec.key), spec: spec, diagnostics: diagnostics)
    }

    /// Notices what is written in this table, and in those below it, without having an effect yet.
    func noticeLater(district: String?) {
        for key in spec.keys where isSet(key.name) {
            if case .later(let reason) = key.availability {
                diagnostics.notice(path.key(key.name), district: district, reason)
            }
        }
        for table in ConfigurationReference.subtables(of: spec.name) {
            guard case .table(let members)? = members[table.key] else { continue }
            switch table.availability {
            case .later(let reason):
                diagnostics.notice(path.key(table.key), district: district, reason)
            case .now:
                TableReader(known: members, at: path.key(table.key), spec: table, diagnostics: diagnostics)
                    .noticeLater(district: district)
            }
        }
    }
}
