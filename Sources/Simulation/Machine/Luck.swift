import AttendanceCore
import Sandbox
import Transport

/// What the faults that are on do to each request. Drawn from the seed, in the order of the requests.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class Luck: @unchecked Sendable {
    private var random: SplitMix64
    private let usual: ClosedRange<Int64>

    init(_ scenario: Scenario) {
        random = SplitMix64(seed: scenario.seed &* 31 ^ 0xBAD1)
        usual = scenario.latency
    }

    func next() -> UInt64 { random.next() }

    func below(_ bound: Int) -> Int { random.below(bound) }

    /// The faults that strike a request: of those that are on and can, each by its own rate.
    func strike(_ exchange: Exchange, _ town: SimulatedTown) -> [FaultKind] {
        var struck: [FaultKind] = []
        for (_, fault) in town.faults.sorted(by: { $0.key < $1.key }) {
            guard fault.kind.concerns(exchange), random.below(100) < fault.percent, !struck.contains(fault.kind)
            else { continue }
            struck.append(fault.kind)
            town.counts.strike(fault.kind.rawValue)
        }
        return struck
    }

    /// Of the upload.
    func strikesUpload(_ town: SimulatedTown) -> FaultKind? {
        for (_, fault) in town.faults.sorted(by: { $0.key < $1.key })
        where fault.kind.isOfUpload && random.below(100) < fault.percent {
            town.counts.strike(fault.kind.rawValue)
            return fault.kind
        }
        return nil
    }

    func latency(_ faults: [FaultKind]) -> Int64 {
        if faults.contains(.slow) { return Int64(5000 + random.below(115_000)) }
        if faults.contains(.sluggish) { return Int64(500 + random.below(9000)) }
        return usual.lowerBound + Int64(random.below(Int(usual.upperBound - usual.lowerBound) + 1))
    }

    func garbage(_ body: [UInt8]) -> [UInt8] {
        switch random.below(4) {
        case 0: Array("<html><body>Sign in</body></html>".utf8)
        case 1: Array(body.prefix(body.count / 2))
        case 2: []
        default: Array("{}".utf8)
        }
    }

    /// An answer that takes the place of the side's own; nothing is applied.
    func answerInstead(_ faults: [FaultKind], _ exchange: Exchange, _ town: SimulatedTown) -> SandboxAnswer? {
        for fault in faults {
            let status: Int
            var headers: [(name: String, value: String)] = [
                ("Date", Instant(milliseconds: town.time.now.milliseconds).httpDate)
            ]
            var body = "Status"
            switch fault {
            case .unauthorized: status = 401
            case .badTimestamp where exchange.side == .schoology:
                status = 401
                body = "Expired timestamp, yours 1, ours 2"
            case .forbidden: status = 403
            case .notFound: status = 404
            case .conflict: status = 409
            case .badRequest: status = 400
            case .tooMany:
                status = 429
                headers.append(("Retry-After", String(1 + random.below(20))))
            case .tooManyWithoutTime: status = 429
            case .tooManyForLong:
                status = 429
                headers.append(("Retry-After", String(300 + random.below(1800))))
            case .serverError: status = [500, 502, 503, 504, 408, 425][random.below(6)]
            default: continue
            }
            return SandboxAnswer(status: status, headers: headers, body: Array(body.utf8))
        }
        return nil
    }

    /// What Schoology answers where every item was taken, though none was.
    func acceptance(of exchange: Exchange, _ town: SimulatedTown) -> SandboxAnswer {
        let items =
            String(decoding: exchange.sandboxRequest.body, as: UTF8.self).split(separator: "enrollment_id").count - 1
        let taken = Array(repeating: #"{"id":"1","response_code":200}"#, count: items).joined(separator: ",")
        return SandboxAnswer(status: 200, headers: [], body: Array(#"{"attendance":[\#(taken)]}"#.utf8))
    }

    func sandboxFaults(_ faults: [FaultKind]) -> [Fault] {
        faults.flatMap { fault -> [Fault] in
            switch fault {
            case .itemCode:
                let code = [400, 401, 403, 404, 404, 408, 409, 410, 425, 429, 500, 503, 999][random.below(13)]
                return [Fault(.itemCode(code), count: 1 + random.below(3))]
            case .itemCodeApplied:
                return [
                    Fault(
                        .itemCode([500, 503, 408, 504][random.below(4)]), count: 1 + random.below(3), isApplied: true)
                ]
            case .itemCount: return [Fault(.itemCount(offset: random.below(2) == 0 ? -1 : 1))]
            case .repeatedPages: return [Fault(.repeatedPages)]
            case .missingPages: return [Fault(.absentLinks)]
            case .expiredCursors: return [Fault(.expiredCursors)]
            case .oddJSON: return [Fault(.singleObjects), Fault(.numbersAsStrings), Fault(.emptyForNull)]
            default: return []
            }
        }
    }
}

extension FaultKind {
    /// Whether it can strike that request.
    func concerns(_ exchange: Exchange) -> Bool {
        switch self {
        case _ where isOfPut: exchange.isPut
        case .badTimestamp: exchange.side == .schoology
        // A side that leaves out half of a section's marks says that they are present: nobody could tell.
        case .missingPages, .repeatedPages: exchange.attendanceSection == nil
        case .expiredCursors: exchange.side == .clever
        default: !isOfUpload
        }
    }

    private var isOfPut: Bool {
        [.itemCode, .itemCodeApplied, .itemCount, .serverErrorApplied, .conflict].contains(self)
    }

    var isOfUpload: Bool { rawValue.hasPrefix("sftp_") }

    /// Requests that write are few among those that read.
    var strikesOnlyWrites: Bool { isOfPut || isOfUpload }
}
