/// Where every request goes: libcurl in the daemon, a model of the world in the simulator.
public protocol HTTPTransport: Sendable {
    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
