/// Triggers: Schoology tells a subscriber of `attendance.update` events.
extension LocalSandbox {
    /// An administrator subscribes a URL of this machine to `attendance`, or (nil) nobody any more.
    ///
    /// Throws `SandboxError.notLoopback` for any other.
    public func setTriggerURL(_ url: String?) throws {
        let parsed = try url.map { text throws(SandboxError) in try TriggerURL(text) }
        core.withWorld { $0.schoology.triggers.url = parsed }
    }

    /// Whether writes through the API fire too; the documentation doesn't say.
    public func setTriggersForWrites(_ isOn: Bool) {
        core.withWorld { $0.schoology.triggers.firesForWrites = isOn }
    }

    /// Every sending and its answer, oldest first.
    public var triggers: [TriggerRecord] {
        core.withWorld { $0.schoology.triggers.log.entries }
    }

    /// Events that wait to be sent again.
    public var pendingTriggers: Int {
        core.withWorld { $0.schoology.triggers.pending.count }
    }

    /// The first sending after number `after` that `predicate` accepts; waits for it if it hasn't come yet.
    public func trigger(
        after number: Int = 0, where predicate: @escaping @Sendable (TriggerRecord) -> Bool = { _ in true }
    ) async throws -> TriggerRecord {
        try await core.first(in: \.schoology.triggers.log) { $0.number > number && predicate($0) }
    }

    /// Sends what is due by the sandbox's clock, and returns with the answers.
    ///
    /// The sandbox does so by itself in the machine's time; this is for a clock that is turned by hand.
    public func sendDueTriggers() async {
        await post?.sendDue()
    }
}
