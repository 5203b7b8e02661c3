import AttendanceCore
import Operations
import SchoologyAPI
import Transport

/// What the consumer key may read. At most five requests; the multiget is a POST that only reads.
struct SchoologyDoctor {
    private static let side = "Schoology"
    /// Nobody has it, so that the answer is an empty list.
    private static let nobody = "attendance-sync-doctor"

    let settings: DistrictSettings
    let asker: Asker
    let today: Day
    /// A section of Schoology to ask about, and ids to search by, as far as they are known.
    var section: String?
    var schoolCodes: [String]
    var schoolUIDs: [String]
    private let requests: SchoologyRequests
    private(set) var checks: [Check] = []
    private var refusals: [(index: Int, response: HTTPResponse, what: String)] = []
    private var wasAccepted = false
    /// Whether sections and users may be searched.
    var maySearch: Bool {
        !checks.contains { ["\(Self.side) sections", "\(Self.side) users"].contains($0.name) && $0.result != .ok }
    }

    init(
        settings: DistrictSettings, asker: Asker, today: Day, section: String?, schoolCodes: [String],
        schoolUIDs: [String]
    ) {
        self.settings = settings
        self.asker = asker
        self.today = today
        self.section = section
        self.schoolCodes = schoolCodes
        self.schoolUIDs = schoolUIDs
        requests = SchoologyRequests(baseURL: settings.schoology.baseURL)
    }

    mutating func examine() async {
        guard await examineSections(), await examineUsers() else { return settle() }
        if let section {
            await examineEnrollments(section)
            await examineAttendance(section)
            await examineMultiget(section)
        } else {
            for part in ["enrollments", "attendance", "multiget"] {
                checks.append(.skipped("\(Self.side) \(part)", "no section of Schoology is known to ask about"))
            }
        }
        settle()
    }

    /// - Returns: whether there is any sense in asking on.
    private mutating func examineSections() async -> Bool {
        let name = "\(Self.side) sections"
        let codes = schoolCodes.isEmpty ? [Self.nobody] : Array(schoolCodes.prefix(50))
        let reply = await asker.ask(requests.sections(schoolCodes: codes))
        if let page = read(name, reply, what: "search sections", SchoologyAnswer.sections) {
            section = section ?? page.items.first { $0.active != false }?.id ?? page.items.first?.id
            checks.append(.ok(name, "may be searched"))
        }
        return goesOn(reply)
    }

    private mutating func examineUsers() async -> Bool {
        let name = "\(Self.side) users"
        let uids = schoolUIDs.isEmpty ? [Self.nobody] : Array(schoolUIDs.prefix(50))
        let reply = await asker.ask(requests.users(schoolUIDs: uids))
        if read(name, reply, what: "search users", SchoologyAnswer.users) != nil {
            checks.append(.ok(name, "may be searched"))
        }
        // Two refusals and nothing else: it is the key.
        return goesOn(reply) && (wasAccepted || refusals.count < 2)
    }

    private mutating func examineEnrollments(_ section: String) async {
        let name = "\(Self.side) enrollments"
        let reply = await asker.ask(requests.enrollments(section: section))
        if let page = read(name, reply, what: "list enrollments", SchoologyAnswer.enrollments) {
            let named = page.items.filter { !$0.isAdmin && $0.schoolUID?.isEmpty == false }.count
            let people = page.items.filter { !$0.isAdmin }.count
            if people > 0, named == 0 {
                checks.append(
                    .warning(
                        name, "section \(section) lists \(Words.count(people, "student")), none with a school_uid",
                        repair:
                            "load the students' SIS ids into Schoology as school_uid, or give the key the right to see them: they are what students are matched by"
                    ))
            } else {
                checks.append(.ok(name, "may be listed; section \(section) has \(Words.count(people, "student"))"))
            }
        }
    }

    private mutating func examineAttendance(_ section: String) async {
        let name = "\(Self.side) attendance"
        let reply = await asker.ask(requests.attendance(section: section, from: today, through: today))
        if case .answer(let response) = reply, response.status == 410 {
            wasAccepted = true
            checks.append(
                .warning(
                    name,
                    "section \(section) answers 410: its attendance belongs to the PowerSchool SIS Attendance App",
                    repair: "a Schoology administrator has to take that course out of the app; other sections go on"))
        } else if read(name, reply, what: "read attendance", SchoologyAnswer.attendance) != nil {
            checks.append(.ok(name, "may be read (whether it may be written shows only when something is written)"))
        }
    }

    private mutating func examineMultiget(_ section: String) async {
        let name = "\(Self.side) multiget"
        let reply = await asker.ask(requests.multigetEnrollments(sections: [section]))
        guard let answer = read(name, reply, what: "use multiget", SchoologyAnswer.multiget) else { return }
        switch answer.parts.first?.code {
        case (200...299)?: checks.append(.ok(name, "may be used"))
        case let code?:
            let message = answer.parts.first?.message.map { ": \($0)" } ?? ""
            checks.append(
                .failed(
                    name, "may be used, but not for enrollments (\(code)\(message))",
                    repair: "ask Schoology's support to let the key read section enrollments"))
        case nil:
            checks.append(
                .failed(
                    name, "the answer has no part for what was asked",
                    repair: "none here: report this", exitStatus: .unreachable))
        }
    }

    private func goesOn(_ reply: Asker.Reply) -> Bool {
        switch reply {
        case .noAnswer, .unsigned: false
        case .answer: true
        }
    }

    /// The value, or nil with a failed check. What 401 and 403 mean shows only when all answers are there.
    private mutating func read<Value>(
        _ name: String, _ reply: Asker.Reply, what: String, _ parse: ([UInt8]) throws -> Value
    ) -> Value? {
        switch reply {
        case .noAnswer(let error): checks.append(ConnectionDoctor.failure(name, side: Self.side, error))
        case .unsigned(let why):
            checks.append(
                .failed(
                    name, "the request can't be signed: \(why)",
                    repair: "check the owner and mode of the state folder, where the signer keeps its last timestamp"))
        case .answer(let response):
            switch response.status {
            case 200...299:
                wasAccepted = true
                do {
                    return try parse(response.body)
                } catch {
                    checks.append(
                        .failed(
                            name, "\(Self.side) answers what it should not: \(error)",
                            repair: "check base_url: something else may be answering there", exitStatus: .unreachable))
                }
            case 401, 403:
                refusals.append((checks.count, response, what))
                checks.append(.skipped(name, "refused"))
            default:
                checks.append(other(name, response))
            }
        }
        return nil
    }

    /// A 401 is the key's fault where nothing was accepted, and a missing permission where something was: Schoology
    /// answers 401, too, to a person's key that reads other users' data.
    private mutating func settle() {
        for (index, response, what) in refusals {
            let message = SchoologyAnswer.message(response.body).map { ": \($0)" } ?? ""
            let answer = "(\(response.status)\(message))"
            let name = checks[index].name
            let isTime = RequestVerdict.verdict(status: response.status, message: message) == .signAgain
            if isTime {
                checks[index] = .failed(
                    name, "the signature's time is refused \(answer)",
                    repair:
                        "set this machine's clock (`timedatectl set-ntp true`); nothing else may sign with the same key on another machine"
                )
            } else if response.status == 401, !wasAccepted {
                checks[index] = .failed(
                    name, "the consumer key or its secret is refused \(answer)", repair: settings.schoology.keyRepair)
            } else {
                checks[index] = .failed(
                    name, "the key works, but may not \(what) \(answer)",
                    repair:
                        "give the key the right to \(what): a Schoology administrator sets it for the app, and a person's own key never has it for other users' data"
                )
            }
        }
        refusals = []
    }

    private func other(_ name: String, _ response: HTTPResponse) -> Check {
        let message = SchoologyAnswer.message(response.body).map { ": \($0)" } ?? ""
        switch response.status {
        case 404:
            return .failed(
                name, "Schoology does not know it (404\(message))",
                repair: "if the section was deleted a moment ago, run doctor again; else check base_url")
        case 429:
            return .warning(
                name, "Schoology is at its rate limit (429\(message))",
                repair: "run doctor again later; lower rate_limit if this happens with the service alone")
        default:
            return .failed(
                name, "Schoology answers \(response.status)\(message)",
                repair: "none here: it is tried again with each cycle", exitStatus: .unreachable)
        }
    }
}
