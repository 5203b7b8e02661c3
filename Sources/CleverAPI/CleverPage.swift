/// One page of a roster list.
public struct CleverPage<Item: Sendable & Equatable>: Sendable, Equatable {
    public var items: [Item]
    /// The `next` link, for ``CleverRequests/following(_:)``; nil: this is the last page.
    public var next: String?
    /// How many elements had no id or weren't objects.
    public var unreadable: Int

    public init(items: [Item], next: String?, unreadable: Int = 0) {
        self.items = items
        self.next = next
        self.unreadable = unreadable
    }
}
