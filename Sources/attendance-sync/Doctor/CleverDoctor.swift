import AttendanceCore
import CleverAPI
import Operations
import Transport

/// What the district token may read. Five requests, none of which changes anything.
struct CleverDoctor {
    /// What is known afterwards, for the checks that come next.
    struct Sample {
        var sections: [CleverSection] = []
        var students: [CleverStudent] = []
    }

    private static let side = "Clever"
    private static let sampleSize = 50

    let settings: DistrictSettings
    let asker: Asker
    let today: Day
    private let requests: CleverRequests
    private(set) var checks: [Check] = []
    private(set) var sample = Sample()

    init(settings: DistrictSettings, asker: Asker, today: Day) {
        self.settings = settings
        self.asker = asker
        self.today = today
        requests = CleverRequests(
            baseURL: settings.clever.baseURL, token: settings.clever.token, pageSize: Self.sampleSize)
    }

    mutating func examine() async {
        guard await examineDistrict() else {
            checks += ["schools", "sections", "students", "attendance"].map {
                .skipped("\(Self.side) \($0)", "not asked")
            }
            return
        }
        let schools = await examineSchools()
        await examineRoster(schools)
        await examineAttendance(schools)
        checks.append(rateLimit())
    }

    /// - Returns: whether there is any sense in asking on.
    private mutating func examineDistrict() async -> Bool {
        let name = "\(Self.side) token"
        let reply = await asker.ask(requests.districts())
        guard let district = read(name, reply, what: "the district", CleverAnswer.district) else {
            guard case .answer(let response) = reply else { return false }
            return response.status == 403 || response.status == 404
        }
        let moved = district.lastAttendanceSync
        let found = "accepted, district \(district.id)"
        if district.isPaused {
            checks.append(
                .warning(
                    name, "\(found), which Clever calls paused",
                    repair:
                        "none during the summer roll-over: the district is read and not written until Clever ends the pause"
                ))
        } else if let moved {
            checks.append(.ok(name, "\(found), attendance last synced \(moved)"))
        } else {
            checks.append(
                .warning(
                    name, "\(found), but Clever has never synced attendance (last_attendance_sync is empty)",
                    repair:
                        "see to it that the district sends attendance to Clever: until then there is nothing to read"))
        }
        return true
    }

    /// - Returns: the Clever ids of the schools in scope.
    private mutating func examineSchools() async -> [String] {
        let name = "\(Self.side) schools"
        // All of them are wanted, not a sample.
        let all = CleverRequests(baseURL: settings.clever.baseURL, token: settings.clever.token, pageSize: 1000)
        guard let page = read(name, await asker.ask(all.schools()), what: "schools", CleverAnswer.schools) else {
            return settings.clever.schools
        }
        let shared = page.items.map(\.id)
        let wanted = settings.clever.schools
        let missing = page.next == nil ? wanted.filter { !shared.contains($0) } : []
        if shared.isEmpty {
            checks.append(
                .failed(
                    name, "the token shares no school",
                    repair: "have the district share its schools in Clever's dashboard"))
        } else if !missing.isEmpty {
            checks.append(
                .failed(
                    name, "\(shared.count) shared; not among them: \(missing.joined(separator: ", "))",
                    repair:
                        "correct `schools` under [district.clever], or have the district share them in Clever's dashboard"
                ))
        } else {
            let scope = wanted.isEmpty ? "all in scope" : "\(wanted.count) in scope"
            checks.append(.ok(name, "\(shared.count)\(page.next == nil ? "" : " and more") shared, \(scope)"))
        }
        return wanted.isEmpty ? shared : wanted.filter { shared.contains($0) }
    }

    private mutating func examineRoster(_ schools: [String]) async {
        let sections = "\(Self.side) sections"
        if let page = read(
            sections, await asker.ask(requests.sections()), what: "sections", CleverAnswer.sections)
        {
            sample.sections = page.items.filter { schools.isEmpty || schools.contains($0.school) }
            checks.append(listed(sections, page.items.count, more: page.next != nil))
        }
        let students = "\(Self.side) students"
        if let page = read(
            students, await asker.ask(requests.students()), what: "students", CleverAnswer.students)
        {
            sample.students = page.items.filter { student in
                schools.isEmpty || student.schools.contains { schools.contains($0) }
            }
            checks.append(listed(students, page.items.count, more: page.next != nil))
        }
    }

    private func listed(_ name: String, _ count: Int, more: Bool) -> Check {
        guard count > 0 else {
            return .failed(
                name, "the token may ask, and is shown none",
                repair: "have the district share its students and sections in Clever's dashboard")
        }
        return .ok(name, more ? "readable" : "readable, \(count) shared")
    }

    private mutating func examineAttendance(_ schools: [String]) async {
        let name = "\(Self.side) attendance"
        guard let school = schools.first else { return checks.append(.skipped(name, "no school to ask about")) }
        let reply = await asker.ask(requests.attendance(school: school, from: today, through: today))
        let what = "attendance of school \(school)"
        guard let page = read(name, reply, what: what, CleverAnswer.attendance) else { return }
        let count = page.records.count
        checks.append(
            .ok(
                name,
                "readable; school \(school) has \(page.next == nil ? "" : "more than ")\(Words.count(count, "record")) today"
            ))
    }

    private func rateLimit() -> Check {
        let name = "\(Self.side) rate limit"
        guard let latest = asker.latest,
            let limit = latest[header: "X-RateLimit-Limit"].flatMap({ Int($0) }),
            let left = latest[header: "X-RateLimit-Remaining"].flatMap({ Int($0) })
        else { return .skipped(name, "the answers don't tell") }
        let found = "\(left) of \(limit) requests left in this minute"
        guard left * 10 < limit || asker.wasLimited else { return .ok(name, found) }
        return .warning(
            name, found, repair: "none: it is kept to; if it is always like this, something else uses the same token")
    }

    /// The value, or nil with a failed check.
    private mutating func read<Value>(
        _ name: String, _ reply: Asker.Reply, what: String, _ parse: ([UInt8]) throws -> Value
    ) -> Value? {
        switch reply {
        case .noAnswer(let error): checks.append(ConnectionDoctor.failure(name, side: Self.side, error))
        case .unsigned(let why): checks.append(.failed(name, why, repair: settings.clever.tokenRepair))
        case .answer(let response):
            if (200...299).contains(response.status) {
                do {
                    return try parse(response.body)
                } catch {
                    checks.append(
                        .failed(
                            name, "\(Self.side) answers what it should not: \(error)",
                            repair: "check base_url: something else may be answering there", exitStatus: .unreachable))
                    return nil
                }
            }
            checks.append(refusal(name, response, what: what))
        }
        return nil
    }

    private func refusal(_ name: String, _ response: HTTPResponse, what: String) -> Check {
        let message = CleverAnswer.message(response.body).map { ": \($0)" } ?? ""
        let answer = "(\(response.status)\(message))"
        switch response.status {
        case 401: return .failed(name, "the token is refused \(answer)", repair: settings.clever.tokenRepair)
        case 403:
            return .failed(
                name, "the token may not read \(what) \(answer)",
                repair:
                    "in Clever's dashboard, have the district allow the application to read \(what); the token stays the same"
            )
        case 404:
            return .failed(
                name, "Clever has no \(what) for this token \(answer)",
                repair:
                    "have the district share \(what) with the application in Clever's dashboard, and check that base_url is Clever's own"
            )
        case 429:
            return .warning(
                name, "too many requests with this token now \(answer)",
                repair: "run doctor again in a minute; if it stays, something else uses the same token")
        default:
            return .failed(
                name, "Clever answers \(response.status)\(message)",
                repair: "none here: it is tried again with each cycle; https://status.clever.com tells of outages",
                exitStatus: .unreachable)
        }
    }
}
