import AttendanceCore
import Foundation
import SchoologyAPI
import SyncEngine
import Transport

/// Asks one side a few questions that change nothing, within its rate limit, and keeps what its answers tell of its
/// clock. A question is asked once: whoever runs `doctor` wants to know how things are, not how patience mends them.
final class Asker {
    enum Reply {
        case answer(HTTPResponse)
        case noAnswer(TransportError)
        /// The request could not be signed.
        case unsigned(String)
    }

    private static let timeout = Duration.seconds(30)
    /// A 429 that asks for longer is left at that.
    private static let longestWait = Span.seconds(15)

    private let transport: any HTTPTransport
    private let signer: (any RequestSigner)?
    private let clock = SystemClock()
    private var budget: RateBudget?
    private let limit: RateLimit

    /// How far the server's clock is ahead of this machine's, by the answer that was quickest to come.
    private(set) var skew: Span?
    private var quickest: Span?
    private(set) var latest: HTTPResponse?
    private(set) var wasLimited = false
    private(set) var timesSignedAgain = 0

    /// - Parameters:
    ///   - signer: nil for a side whose requests are complete.
    ///   - limit: credits to keep within; nil: there are plenty.
    init(transport: any HTTPTransport, signer: (any RequestSigner)? = nil, limit: RateLimit? = nil) {
        self.transport = transport
        self.signer = signer
        self.limit = limit ?? RateLimit()
        budget = limit.map(RateBudget.init)
    }

    func ask(_ request: HTTPRequest) async -> Reply {
        var request = request
        request.timeout = Self.timeout
        var waits = 0
        while true {
            let ticket = await pay(request)
            defer { if let ticket { budget?.settle(ticket, at: clock.uptime()) } }
            var signed = request
            do {
                if let signer { signed.headers.append(try signer.authorization(for: request)) }
            } catch {
                return .unsigned("\(error)")
            }
            let began = clock.now()
            let response: HTTPResponse
            do {
                response = try await transport.send(signed)
            } catch {
                return .noAnswer(error)
            }
            latest = response
            readClock(response, began: began, ended: clock.now())
            let message = SchoologyAnswer.message(response.body)
            switch RequestVerdict.verdict(status: response.status, message: signer == nil ? nil : message) {
            case .signAgain where timesSignedAgain < RetryPolicy.signingTries:
                timesSignedAgain += 1
                if let date = response[header: "Date"] { signer?.learn(serverDate: date) }
            case .wait:
                wasLimited = true
                waits += 1
                let wait = response[header: "Retry-After"].flatMap(RetryAfter.delay) ?? RetryAfter.unstated
                guard waits <= 2, wait <= Self.longestWait else { return .answer(response) }
                await clock.sleep(until: clock.uptime() + wait)
            case .accepted, .signAgain, .refusedCredential, .notFound, .gone, .retry, .rejected:
                return .answer(response)
            }
        }
    }

    private func pay(_ request: HTTPRequest) async -> RateBudget.Ticket? {
        let cost = request.method == .get ? limit.readCost : limit.writeCost
        while budget != nil {
            switch budget?.take([cost], now: clock.uptime()) {
            case .go(let tickets)?: return tickets.first
            case .wait(let until)?: await clock.sleep(until: until)
            // One question at a time: none is in flight.
            case .waitForAnswer?, nil: return nil
            }
        }
        return nil
    }

    /// `Date` has whole seconds, so half of one is added.
    private func readClock(_ response: HTTPResponse, began: Timestamp, ended: Timestamp) {
        guard let date = response[header: "Date"].flatMap(HTTPDate.parse) else { return }
        let took = ended - began
        guard quickest.map({ took < $0 }) ?? true else { return }
        quickest = took
        let middle = Timestamp(milliseconds: (began.milliseconds + ended.milliseconds) / 2)
        skew = Timestamp(seconds: date) + .milliseconds(500) - middle
    }
}
