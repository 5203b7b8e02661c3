/// The way into Clever: `attendance.csv`.
extension LocalSandbox {
    /// Clever takes in these bytes, as if they were a new `attendance.csv`.
    @discardableResult
    public func ingest(csv bytes: [UInt8]) -> IngestionReport {
        core.ingest(bytes)
    }

    @discardableResult
    public func ingest(csv text: String) -> IngestionReport {
        core.ingest(Array(text.utf8))
    }

    /// Clever looks into the drop folder (`SandboxSettings.dropFolder`), as it does by itself now and then.
    @discardableResult
    public func ingestDropFolder() -> IngestionReport {
        core.ingestDropFolder()
    }

    /// Files that were ingested, or refused as a whole, oldest first.
    public var ingestions: [IngestionReport] {
        core.withWorld { $0.clever.ingestions.entries }
    }

    /// The first file after number `after` that was ingested or refused; waits for it if it hasn't come yet.
    public func ingestion(after number: Int = 0) async throws -> IngestionReport {
        try await core.first(in: \.clever.ingestions) { $0.number > number }
    }

    /// The district's own ids, by which `attendance.csv` names them. `section` nil: only student and school.
    public func sisIDs(student: String, section: String?) throws -> SandboxSISIDs {
        try core.withWorld { world throws(SandboxError) in try world.sisIDs(student: student, section: section) }
    }
}
