import Testing
import Transport

/// The error that `send` ends with; nil, and a recorded issue, when it succeeds.
func failure(
    of transport: CurlTransport, _ request: HTTPRequest, sourceLocation: SourceLocation = #_sourceLocation
) async -> TransportError? {
    do {
        let response = try await transport.send(request)
        Issue.record("answered \(response.status)", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

/// Runs `body` with a loop of its own, and shuts that down afterwards.
func withTransport(
    caFile: String = "", connectTimeout: Duration = .seconds(10), maximumBodyBytes: Int = 64 << 20,
    maxConnectionsPerHost: Int = 0, _ body: (CurlTransport) async throws -> Void
) async throws {
    let loop = try CurlLoop(maxConnectionsPerHost: maxConnectionsPerHost)
    let transport = CurlTransport(
        loop: loop, caFile: caFile, version: "1.2.3", connectTimeout: connectTimeout,
        maximumBodyBytes: maximumBodyBytes, environment: { _ in nil })
    do {
        try await body(transport)
    } catch {
        await loop.shutdown()
        throw error
    }
    await loop.shutdown()
}
