import AttendanceCore
import CleverAPI
import Transport

/// Clever's requests: its count of requests a minute, at most so many in flight, retries within the allowance.
final class CleverClient {
    private let world: World
    private let log: CycleLog
    private let slots: Slots
    private let stop: StopFlag
    private let settings: CleverSettings
    private var gate = QuotaGate()
    private var allowance = RetryAllowance()
    private(set) var requests = 0

    init(world: World, log: CycleLog, settings: CleverSettings, stop: StopFlag) {
        self.world = world
        self.log = log
        self.stop = stop
        self.settings = settings
        slots = Slots(settings.maxInFlight)
    }

    /// Sends a request until it has an answer that `parse` can read, or it makes no sense to go on.
    func read<Value>(
        _ request: HTTPRequest, _ parse: ([UInt8]) throws -> Value
    ) async throws(SideFailure) -> Value {
        var tries = 0
        var waits = 0
        while true {
            tries += 1
            let failure: SideFailure
            var canRetry = true
            switch await send(request) {
            case .success(let response):
                // Read only of a refusal: a page of attendance would be gone over twice.
                var message: String? { CleverAnswer.message(response.body) }
                switch RequestVerdict.verdict(status: response.status, message: nil) {
                case .accepted:
                    do {
                        return try parse(response.body)
                    } catch {
                        failure = .malformed(.clever, detail: "\(error)")
                    }
                case .refusedCredential, .signAgain:
                    throw .refusedCredential(
                        .clever, status: response.status, message: message, repair: settings.tokenRepair)
                case .wait:
                    waits += 1
                    tries -= 1
                    guard waits <= RetryPolicy.waitsInARow, let until = pause(response) else {
                        throw .unreachable(.clever, detail: "it goes on answering 429 (too many requests)")
                    }
                    let wait = (until - world.clock.uptime()).milliseconds
                    log.write(.info, .rateWaiting, ["side": "clever", "wait_ms": .int(wait)])
                    continue
                case .notFound:
                    throw .notFound(.clever, detail: message ?? "what was asked for")
                case .gone, .rejected:
                    throw .rejected(.clever, status: response.status, message: message)
                case .retry:
                    failure = .unreachable(.clever, detail: "it answers \(response.status)")
                    canRetry = response.status != 501
                }
            case .failure(let error):
                if error.reason == .cancelled { throw .stopped }
                failure =
                    error.reason == .resources
                    ? .noResources(.clever, detail: error.detail) : .unreachable(.clever, detail: error.detail)
                canRetry = error.reason != .untrusted
            }
            guard canRetry, tries < RetryPolicy.triesInACycle, allowance.takeRetry(now: world.clock.uptime()) else {
                throw failure
            }
            await world.clock.sleep(until: world.clock.uptime() + backoff(tries))
            if stop.isSet { throw .stopped }
        }
    }

    private func send(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        await slots.take()
        defer { slots.give() }
        while true {
            if stop.isSet { return .failure(TransportError(.cancelled, sent: false, detail: "stopped")) }
            guard case .wait(let until) = gate.take(now: world.clock.uptime()) else { break }
            await world.clock.sleep(until: until)
        }
        requests += 1
        allowance.recordRequest(now: world.clock.uptime())
        do {
            let response = try await world.transport.send(request)
            gate.settle(reading(response))
            return .success(response)
        } catch {
            gate.settle(nil)
            return .failure(error)
        }
    }

    /// What the answer says of the minute's count. The reset is a time of the server's clock, which its `Date` shows.
    private func reading(_ response: HTTPResponse) -> QuotaGate.Reading? {
        let serverNow = response[header: "Date"].flatMap(HTTPDate.parse) ?? world.clock.now().seconds
        guard let remaining = response[header: "X-RateLimit-Remaining"].flatMap({ Int($0) }),
            let header = response[header: "X-RateLimit-Reset"], let reset = Int64(header),
            let untilReset = RetryAfter.untilReset(header, now: Timestamp(seconds: serverNow))
        else { return nil }
        let wait = min(untilReset, .seconds(120))
        return QuotaGate.Reading(remaining: max(remaining, 0), minute: reset, resetsAt: world.clock.uptime() + wait)
    }

    /// Holds every request back as a 429 says. Nil when that is longer than a cycle waits.
    private func pause(_ response: HTTPResponse) -> Timestamp? {
        let wait =
            response.retryAfter(now: world.clock.now())
            ?? reading(response).map { max($0.resetsAt - world.clock.uptime(), .seconds(1)) }
            ?? RetryAfter.unstated
        guard wait <= RetryPolicy.longestWaitInACycle else { return nil }
        let until = world.clock.uptime() + max(wait, .milliseconds(100))
        gate.block(until: until)
        return until
    }

    private func backoff(_ tries: Int) -> Span {
        var random = WorldRandom(world: world)
        return RetryPolicy.backoff(afterAttempt: tries, using: &random)
    }
}
