import AttendanceCore
import Sandbox
import Transport

/// What goes over the wire in a ``SchoolDay``: counted, and each mark's arrival timed. Nothing fails; an answer takes its
/// time.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class DayTraffic: HTTPTransport, SFTPTransport, @unchecked Sendable {
    /// One student in one section of Schoology on one day.
    struct Place: Hashable {
        var enrollment: String
        var date: String
    }

    private let sandbox: LocalSandbox
    private let time: SimulatedTime
    private let roundTrip: Span
    private var counted = SchoolDay.Requests()
    /// Since when each of these marks is known to Clever's API; what isn't among them, `since`.
    var awaited: [Place: Timestamp] = [:]
    private var since: Timestamp
    /// Of these alone arrivals count; nil: of all.
    private var date: String?
    private(set) var arrivals: [Span] = []
    /// Items that were written, by section of Schoology.
    private var written: [String: Int] = [:]

    init(_ sandbox: LocalSandbox, _ time: SimulatedTime, roundTrip: Span) {
        self.sandbox = sandbox
        self.time = time
        self.roundTrip = roundTrip
        since = time.now
    }

    var requests: SchoolDay.Requests {
        var requests = counted
        requests.fewestWrites = written.values.reduce(0) { $0 + ($1 + 49) / 50 }
        return requests
    }

    func begin(date: String? = nil) {
        counted = SchoolDay.Requests()
        written = [:]
        arrivals = []
        awaited = [:]
        since = time.now
        self.date = date
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let exchange = Exchange(request)
        await time.wait(Span(milliseconds: roundTrip.milliseconds / 2))
        let answer = sandbox.answer(exchange)
        let items = sandbox.requests.last?.items ?? []
        sandbox.clearRequests()
        count(exchange, answer.status)
        await time.wait(Span(milliseconds: roundTrip.milliseconds - roundTrip.milliseconds / 2))
        if exchange.isPut, answer.status < 300 {
            written[exchange.attendanceSection ?? "", default: 0] += items.count
            for item in items where date == nil || item.date == date {
                let place = Place(enrollment: item.enrollment, date: item.date)
                arrivals.append(time.now - (awaited.removeValue(forKey: place) ?? since))
            }
        }
        return HTTPResponse(answer)
    }

    func upload(_ upload: SFTPUpload) async throws(SFTPError) {
        await time.wait(.seconds(2))
        counted.files += 1
    }

    private func count(_ exchange: Exchange, _ status: Int) {
        if status == 429 { counted.refused += 1 }
        switch exchange.side {
        case .clever:
            if exchange.isDistricts {
                counted.polls += 1
            } else if exchange.target.hasPrefix("/v3.1/attendance") {
                counted.pages += 1
            } else {
                counted.cleverRoster += 1
            }
        case .schoology:
            if exchange.isPut {
                counted.writes += 1
            } else if exchange.attendanceSection != nil {
                counted.reads += 1
            } else {
                counted.schoologyRoster += 1
            }
        }
    }
}
