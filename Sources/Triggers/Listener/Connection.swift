/// One accepted connection: one request, one answer. Used by the listener's thread alone.
final class Connection {
    enum Phase {
        case reading(RequestReader)
        case handling
        case replying([UInt8])
        /// Answered and shut down; waits for the client to hang up, so that the answer isn't lost to a reset.
        case draining(Int)
    }

    /// What a client may send after its answer, in bytes.
    static let mostDrained = 1 << 20

    let id: UInt64
    let descriptor: Int32
    var phase: Phase
    var deadline: ContinuousClock.Instant
    /// The handler of the request's path, once its head was read.
    var handler: TriggerListener.Handler?

    init(id: UInt64, descriptor: Int32, reader: RequestReader, deadline: ContinuousClock.Instant) {
        self.id = id
        self.descriptor = descriptor
        phase = .reading(reader)
        self.deadline = deadline
    }

    /// Whether it may be cut to make room for another.
    var mayGo: Bool {
        switch phase {
        case .reading, .draining: true
        case .handling, .replying: false
        }
    }
}
