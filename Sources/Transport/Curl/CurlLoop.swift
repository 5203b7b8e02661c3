/// The one libcurl multi handle of a process and the thread that drives it. Make one, share it, and `shutdown` it.
///
/// Dropped without `shutdown`, it cancels what is in flight and its thread ends.
public final class CurlLoop: Sendable {
    let core: CurlLoopCore

    /// - Parameters:
    ///   - maxConnectionsPerHost: at most so many connections to one host and port; requests beyond it wait, and
    ///     their waiting counts towards their timeout. 0: no limit.
    ///   - maxIdleConnections: so many stay open while nothing uses them.
    /// - Throws: `.resources` when there is no memory, no descriptor or no thread to be had.
    public init(maxConnectionsPerHost: Int = 0, maxIdleConnections: Int = 32) throws(TransportError) {
        core = try CurlLoopCore(
            maxConnectionsPerHost: maxConnectionsPerHost, maxIdleConnections: maxIdleConnections)
    }

    deinit { core.close(at: .now) }

    /// Refuses new requests, gives those in flight until `grace` has passed, cancels the rest and ends the thread.
    /// Returns when the thread holds nothing any more; a second call waits for the first.
    public func shutdown(grace: Duration = .zero) async {
        core.close(at: .now + grace)
        await core.closed()
    }
}
