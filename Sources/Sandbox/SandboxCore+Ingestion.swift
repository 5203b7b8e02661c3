extension SandboxCore {
    /// Looks into the drop folder every so often, until the task is cancelled.
    func ingestNowAndThen() async {
        guard settings.ingestEveryMilliseconds > 0, settings.dropFolder != nil else { return }
        while !Task.isCancelled {
            _ = ingestDropFolder()
            try? await Task.sleep(for: .milliseconds(settings.ingestEveryMilliseconds))
        }
    }

    func ingest(_ csv: [UInt8]) -> IngestionReport {
        let now = now
        return withWorld { $0.ingest(csv, now: now) }
    }

    /// Looks for `attendance.csv` in the drop folder. "Files are not deleted or moved after processing", so one that
    /// was processed is left alone until it is written again.
    func ingestDropFolder() -> IngestionReport {
        // One at a time, so that a file read earlier is never taken after a newer one.
        dropFolder.withLock { folder in
            let now = now
            guard let folder, let file = DroppedFile(in: folder) else { return IngestionReport(.noFile, at: now) }
            return withWorld { world in
                guard world.clever.lastFile != file.stamp else { return IngestionReport(.sameFile, at: now) }
                let report = world.ingest(file.bytes, now: now)
                if report.outcome != .paused { world.clever.lastFile = file.stamp }
                return report
            }
        }
    }
}
