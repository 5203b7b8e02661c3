import AttendanceCore
import SyncState

/// An operator's pause, which is the state's: another process may begin or end it at any time.
extension DistrictEngine {
    /// Clever calls the district paused, or an operator does: it is read, not written.
    var isWritingPaused: Bool {
        get throws { try isPaused || state.reading { try self.isWritingPaused($0) } }
    }

    func isWritingPaused(_ tx: Transaction) throws -> Bool { try isPaused || tx.pause(now: now) != nil }

    /// Says when a pause has begun, and when it is over by itself.
    func notePause() throws {
        let (pause, isOver) = try state.transaction { [now] tx -> (Pause?, Bool) in
            if let pause = try tx.pause(now: now) { return (pause, false) }
            let isOver = try tx.storedPause() != nil
            if isOver { try tx.set(nil as Pause?) }
            return (nil, isOver)
        }
        defer { pauseSeen = pause }
        if let pause, pause != pauseSeen {
            log(
                .notice, .districtPaused,
                [
                    "paused": .flag(true), "by": .id("operator:\(pause.by)"),
                    "until": .id(pause.until?.description ?? "resumed"), "reason": .id(pause.reason ?? ""),
                ])
        } else if pause == nil, isOver || pauseSeen != nil {
            let by = isOver ? "its time was over" : OutboxItem.operatorCause
            log(.notice, .districtPaused, ["paused": .flag(false), "by": .id(by)])
        }
    }
}
