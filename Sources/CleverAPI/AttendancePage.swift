/// One page of attendance records.
public struct AttendancePage: Sendable, Equatable {
    public var records: [CleverRecord]
    public var unreadable: [UnreadableRecord]
    /// The `next` link, for ``CleverRequests/following(_:)``; nil: this is the last page.
    public var next: String?

    public init(records: [CleverRecord], unreadable: [UnreadableRecord] = [], next: String?) {
        self.records = records
        self.unreadable = unreadable
        self.next = next
    }
}
