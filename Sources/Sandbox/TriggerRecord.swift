/// One sending of a trigger, and its answer.
public struct TriggerRecord: Sendable, Hashable {
    /// Counts sendings from 1.
    public let number: Int
    /// Which event was sent; counts from 1.
    public let event: Int
    /// 1, or more if it was sent before.
    public let attempt: Int
    public let time: Instant
    public let url: String
    public let body: String
    /// Nil: nothing answered.
    public let status: Int?
    /// When it is sent again; nil: it was taken, or it is lost for ever.
    public let retry: Instant?

    /// Nobody will hear of this event any more.
    public var isLost: Bool { status != 200 && retry == nil }
}
