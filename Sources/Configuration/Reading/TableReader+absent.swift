extension TableReader {
    /// A reader of a table that isn't written, for its defaults.
    func absent(_ spec: TableSpec) -> TableReader {
        TableReader([:], at: path.key(spec.key), spec: spec, diagnostics: diagnostics)
    }
}
