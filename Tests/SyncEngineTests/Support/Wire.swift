import Synchronization
import Transport

/// The way to the sandbox: real HTTP, counted, and cut where a test wants it cut.
final class Wire: HTTPTransport {
    /// What happens to a call, by its number from 1.
    enum Fate: Sendable {
        case delivered
        /// It never leaves, as when the process is killed just before.
        case killedBefore
        /// The server answers and nobody is there to hear it.
        case killedAfter
        /// The network fails before anything is sent.
        case failed(TransportError.Reason)
    }

    /// One loop for all tests: it is a thread.
    private static let shared = Result { try CurlLoop() }

    private struct State {
        var calls = 0
        var isCut = false
        /// By the server's address.
        var inFlight: [String: Int] = [:]
        var mostInFlight: [String: Int] = [:]
    }

    private let transport: CurlTransport
    private let time: TestTime
    private let state = Mutex(State())
    private let fate: @Sendable (Int, HTTPRequest) -> Fate
    /// Called at the moment of a kill, when nothing of the engine runs.
    private let atKill: @Sendable () -> Void
    /// Called before each request that leaves.
    private let beforeSend: @Sendable (HTTPRequest) -> Void
    /// The answer to a request that needs no server.
    private let instead: @Sendable (HTTPRequest) -> HTTPResponse?
    /// What the engine gets of the server's answer.
    private let changed: @Sendable (HTTPRequest, HTTPResponse) -> HTTPResponse

    init(
        time: TestTime, fate: @escaping @Sendable (Int, HTTPRequest) -> Fate = { _, _ in .delivered },
        atKill: @escaping @Sendable () -> Void = {}, beforeSend: @escaping @Sendable (HTTPRequest) -> Void = { _ in },
        instead: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
        changed: @escaping @Sendable (HTTPRequest, HTTPResponse) -> HTTPResponse = { $1 }
    ) throws {
        transport = CurlTransport(loop: try Self.shared.get(), version: "test")
        self.time = time
        self.fate = fate
        self.atKill = atKill
        self.beforeSend = beforeSend
        self.instead = instead
        self.changed = changed
    }

    var calls: Int { state.withLock { $0.calls } }

    /// The most requests that were in flight at one time to the server with this base URL.
    func mostInFlight(_ baseURL: String) -> Int {
        state.withLock { $0.mostInFlight[String(baseURL.split(separator: "/")[1])] ?? 0 }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let number = state.withLock { state -> Int? in
            guard !state.isCut else { return nil }
            state.calls += 1
            return state.calls
        }
        guard let number else { throw Self.dead }
        let fate = fate(number, request)
        if case .killedBefore = fate { throw kill() }
        if case .failed(let reason) = fate { throw TransportError(reason, sent: false, detail: "test") }
        beforeSend(request)
        if let answer = instead(request) { return answer }
        time.requestBegins()
        defer { time.requestEnds() }
        let server = String(request.url.split(separator: "/")[1])
        state.withLock { state in
            state.inFlight[server, default: 0] += 1
            state.mostInFlight[server] = max(state.mostInFlight[server] ?? 0, state.inFlight[server]!)
        }
        defer { state.withLock { $0.inFlight[server]! -= 1 } }
        let result: Result<HTTPResponse, TransportError>
        do throws(TransportError) {
            result = .success(changed(request, try await transport.send(request)))
        } catch {
            result = .failure(error)
        }
        if case .killedAfter = fate { throw kill() }
        guard !state.withLock({ $0.isCut }) else { throw Self.dead }
        return try result.get()
    }

    private func kill() -> TransportError {
        let isFirst = state.withLock { state in
            defer { state.isCut = true }
            return !state.isCut
        }
        if isFirst { atKill() }
        return Self.dead
    }

    private static let dead = TransportError(.cancelled, sent: true, detail: "killed")
}
