import AttendanceCore

/// A whole request on a known path, to be answered off the listener's thread.
struct TriggerWork: Sendable {
    var connection: UInt64
    var body: [UInt8]
    var handler: TriggerListener.Handler

    func answer() async -> (Reply, TriggerOutcome) {
        let notices: [TriggerNotice]
        do {
            notices = try TriggerEvent.notices(in: body)
        } catch {
            return (.notUnderstood, .notUnderstood)
        }
        guard !notices.isEmpty else { return (.stored, .nothingToDo) }
        return await handler(notices) ? (.stored, .stored) : (.unavailable, .notStored)
    }
}
