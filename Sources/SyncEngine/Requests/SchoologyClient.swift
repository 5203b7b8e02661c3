import AttendanceCore
import SchoologyAPI
import Transport

/// Schoology's requests: signed one by one, within the credits of the rate limit, at most so many in flight.
final class SchoologyClient {
    /// What became of a PUT.
    enum WriteOutcome {
        /// An answer that says 2xx.
        case accepted(HTTPResponse)
        /// It may have been applied: no answer, or one that does not tell.
        case unknown(cause: String)
        /// It was not applied and may work later.
        case notApplied(cause: String)
        /// 429, or too late to be sent: not applied, and nothing is sent before the window opens again.
        case told(waitTooLong: Bool, code: Int?, cause: String)
        case failed(SideFailure)
    }

    /// Credits taken for a read and for the write that may follow it, until they are used or given back.
    struct Reservation {
        fileprivate var read: RateBudget.Ticket?
        fileprivate var write: RateBudget.Ticket?
        /// The credits of its write are still to come, and are left to it.
        fileprivate var awaitsWrite = false
    }

    private let world: World
    private let log: CycleLog
    private let slots: Slots
    private let turn = Slots(1)
    private let stop: StopFlag
    private var budget: RateBudget
    private var allowance = RetryAllowance()
    private let settings: SchoologySettings
    private var limit: RateLimit { settings.rateLimit }
    /// Until when Schoology asked to be left alone, where that is longer than a cycle waits.
    private var closedUntil = Timestamp(milliseconds: .min)
    private(set) var requests = 0
    /// Credits of the writes whose sections were read before these could be had, and the line in which they wait for them.
    private var owed = 0
    private let writeTurn = Slots(1)

    /// Told the credits that are spent, before each request leaves: a killed process must not forget them.
    private let noteSpending: (Int) -> Void

    init(
        world: World, log: CycleLog, settings: SchoologySettings, stop: StopFlag,
        noteSpending: @escaping (Int) -> Void
    ) {
        self.noteSpending = noteSpending
        self.world = world
        self.log = log
        self.settings = settings
        self.stop = stop
        slots = Slots(settings.maxInFlight)
        budget = RateBudget(settings.rateLimit)
    }

    /// Credits free now.
    var available: Int { budget.available(now: world.clock.uptime()) }

    /// Credits taken, or spent and still in the server's window.
    var spent: Int { budget.spent(now: world.clock.uptime()) }

    /// Waits until the server's window has forgotten every request of this process.
    func waitUntilSpentIsOver() async {
        while spent > 0, !stop.isSet { await world.clock.sleep(until: world.clock.uptime() + .milliseconds(100)) }
    }

    private func refusedCredential(_ response: HTTPResponse, _ message: String?) -> SideFailure {
        .refusedCredential(.schoology, status: response.status, message: message, repair: settings.keyRepair)
    }

    func carryOver(_ credits: Int, settled: Timestamp) { budget.carryOver(credits, settled: settled) }

    /// Takes one retry out of the allowance.
    func takeRetry() -> Bool { allowance.takeRetry(now: world.clock.uptime()) }

    /// Credits for a read and, if it turns out to be needed, a write right after it: so nothing waits between
    /// what was read and what is written.
    ///
    /// What is left of a window is too little for both, and would be lost in each. So a section may be read with it, where
    /// the credits of its write come soon enough, and before those of any section that is read later.
    /// First come, first served, so that the plan's order is the order of the writes.
    func reserve() async throws(SideFailure) -> Reservation {
        await turn.take()
        defer { turn.give() }
        while true {
            if stop.isSet { throw .stopped }
            let now = world.clock.uptime()
            if let closed { throw closed }
            switch budget.take([limit.readCost, limit.writeCost], leaving: owed, now: now) {
            case .go(let tickets):
                return Reservation(read: tickets[0], write: tickets[1])
            case .wait(let until):
                guard until - now <= Self.freshFor else {
                    await wait(until: until - Self.freshFor, since: now)
                    continue
                }
                // By then both could be had, what is owed left aside: so all that is owed can be paid by then.
                switch budget.take([limit.readCost], now: now) {
                case .go(let tickets):
                    var reservation = Reservation(read: tickets[0])
                    owe(&reservation)
                    return reservation
                case .wait(let sooner): await wait(until: sooner, since: now)
                case .waitForAnswer: await waitForAnswer(since: now)
                }
            case .waitForAnswer:
                await waitForAnswer(since: now)
            }
        }
    }

    /// How long after a section was read it may be written without being read again.
    private static let freshFor = Span.seconds(10)

    /// - Parameter readAt: the uptime at which a section was read.
    func isFresh(readAt: Timestamp) -> Bool { world.clock.uptime() - readAt <= Self.freshFor }

    /// Takes the credits of a write, unless they are there already.
    func payForWrite(_ reservation: inout Reservation) async throws(SideFailure) {
        guard reservation.write == nil else { return }
        owe(&reservation)
        await writeTurn.take()
        defer { writeTurn.give() }
        reservation.write = try await take([limit.writeCost])[0]
        settle(&reservation)
    }

    private func owe(_ reservation: inout Reservation) {
        if !reservation.awaitsWrite { owed += limit.writeCost }
        reservation.awaitsWrite = true
    }

    /// The write's credits are there, or not wanted any more.
    private func settle(_ reservation: inout Reservation) {
        if reservation.awaitsWrite { owed -= limit.writeCost }
        reservation.awaitsWrite = false
    }

    /// Gives back what was not used.
    func giveBack(_ reservation: inout Reservation) {
        if let ticket = reservation.read { budget.cancel(ticket) }
        if let ticket = reservation.write { budget.cancel(ticket) }
        settle(&reservation)
        reservation = Reservation()
    }

    /// Sends a request that changes nothing until it has an answer that `parse` can read, or it makes no sense to
    /// go on. POST counts as a write: what the server takes it for is not documented.
    ///
    func read<Value>(
        _ request: HTTPRequest, _ parse: ([UInt8]) throws -> Value
    ) async throws(SideFailure) -> Value {
        var unpaid = Reservation()
        return try await read(request, paidBy: &unpaid, parse)
    }

    /// - Parameter reservation: credits already taken for the first try.
    func read<Value>(
        _ request: HTTPRequest, paidBy reservation: inout Reservation, _ parse: ([UInt8]) throws -> Value
    ) async throws(SideFailure) -> Value {
        var ticket = reservation.read
        reservation.read = nil
        var tries = 0
        var waits = 0
        var signings = 0
        while true {
            if ticket == nil, let closed { throw closed }
            tries += 1
            let failure: SideFailure
            var canRetry = true
            let cost = request.method == .get ? limit.readCost : limit.writeCost
            switch await send(request, ticket: ticket, cost: cost) {
            case .tooLate: throw .stopped  // It has no deadline.
            case .answered(let response):
                var message: String? { SchoologyAnswer.message(response.body) }
                switch RequestVerdict.verdict(status: response.status, message: message) {
                case .accepted:
                    do {
                        return try parse(response.body)
                    } catch {
                        failure = .malformed(.schoology, detail: "\(error)")
                    }
                case .signAgain:
                    signings += 1
                    learnTime(response)
                    guard signings <= RetryPolicy.signingTries else {
                        throw .unreachable(.schoology, detail: Self.refusedTime)
                    }
                    ticket = nil
                    tries -= 1
                    continue
                case .refusedCredential:
                    throw refusedCredential(response, message)
                case .wait:
                    waits += 1
                    tries -= 1
                    guard waits <= RetryPolicy.waitsInARow, pause(response) else {
                        throw .unreachable(.schoology, detail: "it goes on answering 429 (too many requests)")
                    }
                    ticket = nil
                    continue
                case .notFound: throw .notFound(.schoology, detail: message ?? "what was asked for")
                case .gone: throw .gone(.schoology)
                case .rejected: throw .rejected(.schoology, status: response.status, message: message)
                case .retry: failure = .unreachable(.schoology, detail: "it answers \(response.status)")
                }
            case .failed(let error):
                if error.reason == .cancelled { throw .stopped }
                failure =
                    error.reason == .resources
                    ? .noResources(.schoology, detail: error.detail) : .unreachable(.schoology, detail: error.detail)
                canRetry = error.reason != .untrusted
            }
            ticket = nil
            guard canRetry, tries < RetryPolicy.triesInACycle, takeRetry() else { throw failure }
            var random = WorldRandom(world: world)
            let wait = RetryPolicy.backoff(afterAttempt: tries, using: &random)
            await world.clock.sleep(until: world.clock.uptime() + wait)
            if stop.isSet { throw .stopped }
        }
    }

    /// Sends a PUT until it is taken or refused. Two answers mean that the server did not look at the body, and
    /// let it be sent again: a signature that was refused for its time, and a 429, as long as what was read of the
    /// section is still fresh. (To read again after each 429 would spend the budget on reads.)
    ///
    /// - Parameter readAt: the uptime at which the section was read.
    func write(
        _ request: HTTPRequest, paidBy reservation: inout Reservation, readAt: Timestamp
    ) async -> WriteOutcome {
        var ticket = reservation.write
        reservation.write = nil
        var signings = 0
        while true {
            switch await send(request, ticket: ticket, cost: limit.writeCost, until: readAt + Self.freshFor) {
            case .tooLate:
                return .told(
                    waitTooLong: false, code: nil, cause: "the section was read too long before it could be sent")
            case .failed(let error):
                if error.sent { return .unknown(cause: error.detail) }
                if error.reason == .cancelled { return .failed(.stopped) }
                return .notApplied(cause: error.detail)
            case .answered(let response):
                ticket = nil
                var message: String? { SchoologyAnswer.message(response.body) }
                switch RequestVerdict.verdict(status: response.status, message: message) {
                case .accepted: return .accepted(response)
                case .signAgain:
                    learnTime(response)
                    signings += 1
                    guard signings <= RetryPolicy.signingTries else { return .notApplied(cause: Self.refusedTime) }
                case .refusedCredential:
                    return .failed(refusedCredential(response, message))
                case .wait:
                    let isShort = pause(response)
                    guard isShort, world.clock.uptime() + told(response) - readAt <= Self.freshFor else {
                        return .told(waitTooLong: !isShort, code: 429, cause: "429 (too many requests)")
                    }
                case .notFound: return .failed(.notFound(.schoology, detail: message ?? "the section"))
                case .gone: return .failed(.gone(.schoology))
                case .rejected:
                    return .failed(.rejected(.schoology, status: response.status, message: message))
                case .retry: return .unknown(cause: "it answers \(response.status)")
                }
            }
        }
    }

    private static let refusedTime = "it refuses the time of every signature (401): compare the clocks of both sides"

    /// Why nothing can be sent for longer than a cycle waits.
    private var closed: SideFailure? {
        world.clock.uptime() < closedUntil
            ? .unreachable(.schoology, detail: "it asked to be left alone for longer than a cycle waits (429)") : nil
    }

    private func take(_ costs: [Int]) async throws(SideFailure) -> [RateBudget.Ticket] {
        while true {
            if stop.isSet { throw .stopped }
            let now = world.clock.uptime()
            if let closed { throw closed }
            switch budget.take(costs, now: now) {
            case .go(let tickets): return tickets
            case .wait(let until): await wait(until: until, since: now)
            case .waitForAnswer: await waitForAnswer(since: now)
            }
        }
    }

    private func wait(until: Timestamp, since now: Timestamp) async {
        if until - now >= Self.waitWorthLogging {
            log.write(.info, .rateWaiting, ["side": "schoology", "wait_ms": .int((until - now).milliseconds)])
        }
        await world.clock.sleep(until: until)
    }

    private static let waitWorthLogging = Span.seconds(30)

    /// An answer settles its credits at the latest when its request times out.
    private func waitForAnswer(since now: Timestamp) async {
        await world.clock.sleep(until: now + .milliseconds(20))
    }

    private enum Sent {
        case answered(HTTPResponse)
        case failed(TransportError)
        /// It could not be sent in time, and was not.
        case tooLate
    }

    /// - Parameter deadline: the uptime after which it must not leave. Others' 429 and others' slow answers may keep it for
    ///   longer than its own answer said.
    private func send(
        _ request: HTTPRequest, ticket: RateBudget.Ticket?, cost: Int, until deadline: Timestamp? = nil
    ) async -> Sent {
        let paid: RateBudget.Ticket
        if let ticket {
            paid = ticket
        } else {
            do {
                paid = try await take([cost])[0]
            } catch {
                let reason: TransportError.Reason = error == .stopped ? .cancelled : .cannotConnect
                return .failed(TransportError(reason, sent: false, detail: error.description))
            }
        }
        await slots.take()
        defer { slots.give() }
        if stop.isSet {
            budget.cancel(paid)
            return .failed(TransportError(.cancelled, sent: false, detail: "stopped"))
        }
        if let deadline, world.clock.uptime() > deadline {
            budget.cancel(paid)
            return .tooLate
        }
        do {
            var signed = request
            signed.headers.append(try world.signer.authorization(for: request))
            requests += 1
            allowance.recordRequest(now: world.clock.uptime())
            noteSpending(spent)
            let response = try await world.transport.send(signed)
            budget.settle(paid, at: world.clock.uptime())
            return .answered(response)
        } catch let error as TransportError {
            budget.settle(paid, at: world.clock.uptime())
            return .failed(error)
        } catch {
            budget.cancel(paid)
            return .failed(TransportError(.resources, sent: false, detail: "the request can't be signed: \(error)"))
        }
    }

    /// What a 429 says to wait.
    private func told(_ response: HTTPResponse) -> Span {
        response.retryAfter(now: world.clock.now()) ?? RetryAfter.unstated
    }

    private func learnTime(_ response: HTTPResponse) {
        if let date = response[header: "Date"] { world.signer.learn(serverDate: date) }
    }

    /// Holds every request back as a 429 says. False when that is longer than a cycle waits: then none is sent, in
    /// this cycle or a later one, before the time has come.
    private func pause(_ response: HTTPResponse) -> Bool {
        let wait = told(response)
        let until = world.clock.uptime() + max(wait, .milliseconds(100))
        budget.block(until: until)
        if wait > RetryPolicy.longestWaitInACycle { closedUntil = max(closedUntil, until) }
        log.write(.info, .rateWaiting, ["side": "schoology", "wait_ms": .int(wait.milliseconds), "status": .int(429)])
        return wait <= RetryPolicy.longestWaitInACycle
    }
}
