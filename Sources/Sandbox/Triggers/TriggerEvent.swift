/// An event that the subscriber hasn't acknowledged yet.
struct TriggerEvent: Sendable {
    /// Counts from 1.
    let number: Int
    let url: TriggerURL
    let body: [UInt8]
    /// How often it was sent already.
    var attempts = 0
    /// When it is sent next.
    var due: Instant
}
