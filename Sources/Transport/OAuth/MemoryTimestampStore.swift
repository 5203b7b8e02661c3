import Synchronization

/// A `TimestampStore` for one process and its lifetime: for simulators and tests.
public final class MemoryTimestampStore: TimestampStore {
    private let last: Mutex<Int64?>

    public init(last: Int64? = nil) { self.last = Mutex(last) }

    public func advance(_ next: (Int64?) -> Int64) throws(OAuthError) -> Int64 {
        last.withLock { last in
            let timestamp = next(last)
            last = timestamp
            return timestamp
        }
    }
}
