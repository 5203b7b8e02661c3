import AttendanceCore

/// What may be sent: the credits of any window, and the retries of ten minutes, counted from outside.
struct Limits {
    private var spent: [(at: Timestamp, cost: Int)] = []
    private var requests: [Side: [Timestamp]] = [:]
    private var retries: [Side: [Timestamp]] = [:]
    private var failed: Set<String> = []

    private static let window = Span.minutes(10)
    /// 10, and five times as many that look like retries from outside: a section that is visited for another reason in
    /// the same cycle is asked anew.
    private static let floor = 60

    mutating func booted() {
        requests = [:]
        retries = [:]
        failed = []
    }

    mutating func cycleBegins() { failed = [] }

    mutating func failed(_ exchange: Exchange) { failed.insert(exchange.name) }

    /// - Returns: what is wrong with it.
    mutating func leaves(_ exchange: Exchange, uptime: Timestamp) -> String? {
        let side = exchange.side
        for times in [\Limits.requests, \Limits.retries] {
            self[keyPath: times][side]?.removeAll { $0 + Self.window + .seconds(10) <= uptime }
        }
        requests[side, default: []].append(uptime)
        guard failed.remove(exchange.name) != nil else { return nil }
        retries[side, default: []].append(uptime)
        let allowed = (requests[side]?.count ?? 0) / 10 + Self.floor
        let made = retries[side]?.count ?? 0
        return made > allowed ? "\(made) retries in ten minutes, \(allowed) are allowed" : nil
    }

    /// - Returns: what is wrong with it.
    mutating func reaches(_ exchange: Exchange, at now: Timestamp, _ limit: RateLimit) -> String? {
        spent.removeAll { $0.at + limit.window <= now }
        spent.append((now, exchange.isPut ? limit.writeCost : limit.readCost))
        let sum = spent.reduce(0) { $0 + $1.cost }
        return sum > limit.credits ? "\(sum) credits in a window of \(limit.window), \(limit.credits) are given" : nil
    }
}

/// What was sent, counted from outside.
struct Sent: Equatable {
    var toClever = 0
    var readsOfSections = 0
    var puts = 0
    /// Anything else that Schoology was asked.
    var others = 0

    mutating func count(_ exchange: Exchange) {
        switch exchange.side {
        case .clever: toClever += 1
        case .schoology where exchange.isPut: puts += 1
        case .schoology where exchange.attendanceSection != nil: readsOfSections += 1
        case .schoology: others += 1
        }
    }

    static func - (left: Sent, right: Sent) -> Sent {
        Sent(
            toClever: left.toClever - right.toClever, readsOfSections: left.readsOfSections - right.readsOfSections,
            puts: left.puts - right.puts, others: left.others - right.others)
    }
}

extension Exchange {
    fileprivate var name: String { "\(request.method.rawValue) \(target)" }
}
