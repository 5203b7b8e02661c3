/// What the servers saw, and how they are made to misbehave.
extension LocalSandbox {
    /// Every request that was received, oldest first.
    public var requests: [RequestRecord] {
        core.withWorld { $0.log.entries }
    }

    public var counters: SandboxCounters {
        core.withWorld { $0.counters }
    }

    /// Empties the log. Counters of the rate limits go on.
    public func clearRequests() {
        core.withWorld { world in
            world.log.clear()
            world.counters.cleverRequests = 0
            world.counters.schoologyReads = 0
            world.counters.schoologyWrites = 0
            world.counters.itemsWritten = 0
        }
    }

    /// The first request after number `after` that `predicate` accepts; waits for it if it hasn't come yet.
    ///
    /// Throws `CancellationError` if the task is cancelled first. A hanging request counts from its arrival on.
    public func request(
        after number: Int = 0, where predicate: @escaping @Sendable (RequestRecord) -> Bool
    ) async throws -> RequestRecord {
        try await core.first(in: \.log) { $0.number > number && predicate($0) }
    }

    /// Installs a fault; the number is for `removeFault`.
    @discardableResult
    public func add(_ fault: Fault) -> Int {
        core.withWorld { $0.faults.add(fault) }
    }

    public func removeFault(_ id: Int) {
        core.withWorld { $0.faults.remove(id) }
    }

    public func removeAllFaults() {
        core.withWorld { $0.faults.removeAll() }
    }

    /// How often an installed fault has struck.
    public func strikes(ofFault id: Int) -> Int {
        core.withWorld { $0.faults.struck(id) }
    }
}
