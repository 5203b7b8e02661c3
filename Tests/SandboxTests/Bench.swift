@testable import Sandbox

/// A running sandbox with a clock that the test turns, and a client that knows its credentials.
final class Bench: Sendable {
    /// A Wednesday.
    static let today: CalendarDay = "2026-01-14"

    let sandbox: LocalSandbox
    let time: ManualClock

    init(
        students: Int = 60, oddities: DistrictPlan.Oddities = .none, elementaryPercent: Int = 30,
        configure: (inout SandboxSettings) -> Void = { _ in }
    ) async throws {
        time = ManualClock(Instant(day: Self.today, hour: 15))
        var settings = SandboxSettings(
            DistrictPlan(
                students: students, sectionsPerStudent: 4, elementaryPercent: elementaryPercent, today: Self.today,
                days: 5, oddities: oddities))
        settings.clock = time.clock
        settings.schoologyCredits = 10_000
        configure(&settings)
        sandbox = try await LocalSandbox.start(settings)
    }

    func clever(_ target: String, token: String? = nil) async -> HTTPAnswer {
        await RawClient.answer(
            "GET", target, headers: ["Authorization": "Bearer \(token ?? sandbox.settings.cleverToken)"],
            from: sandbox.cleverURL)
    }

    func schoology(_ target: String, signer: Signer? = nil) async -> HTTPAnswer {
        await schoology("GET", target, signer: signer)
    }

    func schoology(
        _ method: String, _ target: String, body: String = "", signer: Signer? = nil
    ) async -> HTTPAnswer {
        let signer = signer ?? self.signer
        let host = RawClient.host(sandbox.schoologyURL)
        return await RawClient.answer(
            method, target,
            headers: [
                "Authorization": signer.header(method, target, host: host), "Content-Type": "application/json",
            ], body: Array(body.utf8), from: sandbox.schoologyURL)
    }

    /// Signs as the sandbox expects, with its clock.
    var signer: Signer {
        Signer(
            key: sandbox.settings.consumerKey, secret: sandbox.settings.consumerSecret,
            timestamp: time.clock.now().unixSeconds)
    }

    /// Puts marks of one section; an item is enrollment, date, status and comment.
    func put(
        _ section: String, _ items: [(enrollment: String, date: String, status: Int, comment: String?)]
    ) async -> HTTPAnswer {
        let list = items.map { item in
            let comment = item.comment.map { ",\"comment\":\"\($0)\"" } ?? ""
            return
                "{\"enrollment_id\":\"\(item.enrollment)\",\"date\":\"\(item.date)\",\"status\":\"\(item.status)\"\(comment)}"
        }
        return await schoology(
            "PUT", "/v1/sections/\(section)/attendance",
            body: "{\"attendances\":{\"attendance\":[\(list.joined(separator: ","))]}}")
    }

    func control(_ method: String, _ name: String, body: String = "") async -> HTTPAnswer {
        await RawClient.answer(method, "/_sandbox/\(name)", body: Array(body.utf8), from: sandbox.controlURL)
    }
}
