/// All that the servers share, behind one lock.
struct World: Sendable {
    var district: District
    var clever: CleverState
    var schoology: SchoologyState
    var faults: FaultBook
    var log = WatchedLog<RequestRecord>()
    /// Requests ever received.
    var requestCount = 0
    var counters = SandboxCounters()
}
