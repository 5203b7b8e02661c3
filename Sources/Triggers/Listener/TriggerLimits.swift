/// What one client, or all of them together, may take.
public struct TriggerLimits: Sendable {
    /// Connections at the same time. When they are used up, the oldest that still sends its request makes room.
    public var connections = 64
    /// Request line and fields, in bytes.
    public var head = 16 << 10
    /// In bytes.
    public var body = 256 << 10
    /// For the whole request, from the connection on.
    public var requestTime: Duration = .seconds(10)
    /// For the handler; then the answer is 503.
    public var handlerTime: Duration = .seconds(30)
    /// For the answer, and for the client to hang up after it.
    public var replyTime: Duration = .seconds(2)

    public init() {}
}
