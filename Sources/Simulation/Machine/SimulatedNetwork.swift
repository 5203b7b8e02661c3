import AttendanceCore
import Sandbox
import Transport

/// The way from one machine to both sides: takes its time, and whatever else the scenario has for it.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class SimulatedNetwork: HTTPTransport, @unchecked Sendable {
    private let machine: Machine
    private let town: SimulatedTown
    private let proof: Proof
    private let luck: Luck
    private let sabotage: Sabotage?
    private var readBefore: [String: SandboxAnswer] = [:]

    init(machine: Machine, town: SimulatedTown, proof: Proof, luck: Luck, sabotage: Sabotage?) {
        self.sabotage = sabotage
        self.machine = machine
        self.town = town
        self.proof = proof
        self.luck = luck
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try beAlive()
        machine.countEffect()
        try beAlive()
        let exchange = sabotaged(Exchange(request))
        let faults = luck.strike(exchange, town)
        town.counts.requests += 1
        town.transcript?.write(
            "\(town.time.now) > \(request.method.rawValue) \(exchange.target) \(faults.map(\.rawValue))")
        proof.leaves(exchange, uptime: machine.uptime())
        if faults.contains(.cannotConnect) {
            await machine.sleep(.milliseconds(5))
            try beAlive()
            proof.failed(exchange)
            throw TransportError(.cannotConnect, sent: false, detail: "refused")
        }
        let latency = luck.latency(faults)
        await machine.sleep(.milliseconds(latency / 2))
        try beAlive()
        if faults.contains(.lostRequest) {
            await machine.sleep(.milliseconds(min(30_000, request.timeout.milliseconds)))
            try beAlive()
            proof.failed(exchange)
            throw TransportError(.timedOut, sent: true, detail: "no answer")
        }
        var answer = serve(exchange, faults)
        if faults.contains(.duplicate) {
            proof.firstAnswerIsLost(exchange)
            answer = serve(exchange, faults, isDuplicate: true)
        }
        let servedAt = town.time.now
        await machine.sleep(.milliseconds(min(latency - latency / 2, request.timeout.milliseconds)))
        try beAlive()
        machine.countEffect()
        try beAlive()
        if faults.contains(.lostAnswer) || latency > request.timeout.milliseconds {
            proof.failed(exchange)
            throw TransportError(.timedOut, sent: true, detail: "no answer")
        }
        if faults.contains(.truncated) {
            proof.failed(exchange)
            throw TransportError(.connectionLost, sent: true, detail: "cut")
        }
        if faults.contains(.garbage) {
            answer.body = luck.garbage(answer.body)
            // A 429 says all that it has to say by its status, and what follows it is no retry.
            if answer.status != 429 { proof.failed(exchange) }
        } else {
            proof.arrives(answer, to: exchange, servedAt: servedAt)
        }
        town.transcript?.write("\(town.time.now) < \(answer.status) \(exchange.target)")
        return HTTPResponse(sabotaged(answer, to: exchange))
    }

    private func sabotaged(_ exchange: Exchange) -> Exchange {
        switch sabotage {
        case .writesAnotherStatus where exchange.isPut:
            var body = String(decoding: exchange.sandboxRequest.body, as: UTF8.self)
            body = body.replacing(#""status":"2""#, with: #""status":"3""#)
            return exchange.with(body: Array(body.utf8))
        case .asksTooOften where exchange.side == .schoology && !exchange.isPut:
            for _ in 0..<2 { proof.reaches(exchange, isDuplicate: false) }
        case .dropsComments where exchange.isPut:
            let body = String(decoding: exchange.sandboxRequest.body, as: UTF8.self)
            return exchange.with(body: Array(body.replacing(#""comment""#, with: #""komment""#).utf8))
        default: break
        }
        return exchange
    }

    /// What the daemon makes of an answer.
    private func sabotaged(_ answer: SandboxAnswer, to exchange: Exchange) -> SandboxAnswer {
        var answer = answer
        switch sabotage {
        case .readsWhatItHasRead where exchange.attendanceSection != nil && !exchange.isPut && answer.status == 200:
            if let known = readBefore[exchange.target] { return known }
            readBefore[exchange.target] = answer
        case .overlooksThePause where exchange.isDistricts:
            let body = String(decoding: answer.body, as: UTF8.self)
            answer.body = Array(body.replacing(#""paused""#, with: #""running""#).utf8)
        case .overlooksSuspensions where answer.status == 410: answer.status = 503
        default: break
        }
        return answer
    }

    private func beAlive() throws(TransportError) {
        guard !machine.isDead else { throw TransportError(.cancelled, sent: true, detail: "the machine is off") }
    }

    /// The server acts on the request.
    private func serve(_ exchange: Exchange, _ faults: [FaultKind], isDuplicate: Bool = false) -> SandboxAnswer {
        proof.reaches(exchange, isDuplicate: isDuplicate)
        if let instead = luck.answerInstead(faults, exchange, town) { return instead }
        for fault in luck.sandboxFaults(faults) { town.sandbox.add(fault) }
        if sabotage == .writesNothing, exchange.isPut { return luck.acceptance(of: exchange, town) }
        var answer = town.sandbox.answer(exchange)
        town.sandbox.removeAllFaults()
        if exchange.isPut, let record = town.sandbox.requests.last, record.status != 401, record.status != 429 {
            proof.wasPut(record.items, exchange, isDuplicate: isDuplicate, hasItemFaults: faults.contains(.itemCode))
        }
        town.sandbox.clearRequests()
        if faults.contains(.serverErrorApplied) {
            answer.status = 503
            answer.body = Array("<html>Service Unavailable</html>".utf8)
        }
        return answer
    }
}

/// One request with what the simulation has to know of it.
struct Exchange {
    let request: HTTPRequest
    let side: Side
    /// Path and query.
    let target: String
    let sandboxRequest: SandboxRequest

    init(_ request: HTTPRequest) {
        self.request = request
        let rest = request.url.dropFirst("http://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let host = String(rest[..<slash])
        target = String(rest[slash...])
        side = host.hasPrefix("clever") ? .clever : .schoology
        var headers = ["host": host]
        for header in request.headers { headers[header.name.lowercased()] = header.value }
        sandboxRequest = SandboxRequest(
            method: request.method.rawValue, target: target, headers: headers, body: request.body ?? [])
    }

    /// The same request with another body.
    func with(body: [UInt8]) -> Exchange {
        var changed = request
        changed.body = body
        return Exchange(changed)
    }

    var isPut: Bool { request.method == .put }
    var isDistricts: Bool { target.hasPrefix("/v3.1/districts") }
    var path: Substring { target.prefix { $0 != "?" } }
    /// The section whose attendance is read or written, in Schoology.
    var attendanceSection: String? {
        let parts = path.split(separator: "/")
        return side == .schoology && parts.count == 4 && parts[3] == "attendance" ? String(parts[2]) : nil
    }
    /// The days that a reading of a section covers.
    var attendanceDays: ClosedRange<Day>? {
        let query = target.split(separator: "?").last?.split(separator: "&") ?? []
        func day(_ name: String) -> Day? {
            query.first { $0.hasPrefix(name + "=") }.flatMap { Day(String($0.dropFirst(name.count + 1))) }
        }
        guard let first = day("start"), let last = day("end"), first <= last else { return nil }
        return first...last
    }
}

extension LocalSandbox {
    func answer(_ exchange: Exchange) -> SandboxAnswer {
        answer(exchange.sandboxRequest, from: exchange.side == .clever ? .clever : .schoology)
    }
}

extension HTTPResponse {
    init(_ answer: SandboxAnswer) {
        self.init(
            status: answer.status, headers: answer.headers.map { HTTPHeader($0.name, $0.value) }, body: answer.body)
    }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
