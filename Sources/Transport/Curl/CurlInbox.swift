/// What other threads have for the loop's thread. It is behind a lock.
struct CurlInbox {
    enum Phase {
        case open
        /// New requests are refused; those in flight have until then.
        case closing(ContinuousClock.Instant)
        /// The thread is done with libcurl.
        case closed
    }

    var phase = Phase.open
    var arrived: [(CurlTransfer, CurlTransfer.Continuation)] = []
    /// May hold one that hasn't arrived yet, and one that has finished.
    var cancelled: [CurlTransfer] = []
    /// Resumed when closed.
    var waiters: [CheckedContinuation<Void, Never>] = []
}
