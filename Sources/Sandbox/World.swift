/// All that the servers share, behind one lock.
struct World: Sendable {
    var district: District
    var clever: CleverState
    var schoology: SchoologyState
    var faults: FaultBook
    var log: [RequestRecord] = []
    /// Requests ever received.
    var requestCount = 0
    var counters = SandboxCounters()
    /// Who waits for a request.
    var watchers: [RequestWatcher] = []
}
