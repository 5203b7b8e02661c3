import AttendanceCore
import GRDB

extension Transaction {
    public func beginCycle(kind: String, now: Timestamp) throws -> Int64 {
        try run("INSERT INTO cycle(kind, started) VALUES (?, ?)", [kind, now.milliseconds])
        return db.lastInsertedRowID
    }

    /// - Parameters:
    ///   - outcome: `done`, `incomplete` or `failed`.
    ///   - counts: a JSON object.
    public func finishCycle(_ id: Int64, outcome: String, reason: String?, counts: String, now: Timestamp) throws {
        try run(
            "UPDATE cycle SET finished = ?, outcome = ?, reason = ?, counts = ? WHERE id = ?",
            [now.milliseconds, outcome, reason, counts, id])
    }
}
