import Foundation
import Synchronization

@testable import Sandbox

/// A sandbox, and a configuration with its secret files that works against it.
final class Installation: Sendable {
    let sandbox: LocalSandbox
    let folder: URL
    /// Students with a mark of the district's own.
    private let marked: Set<String>
    let today: CalendarDay
    /// Where the state is, if that is a disk of its own.
    let disk: SmallDisk?

    /// Text of the configuration's parts that tests change.
    struct Options: Sendable {
        var service = ""
        /// After Clever's keys; may end with tables.
        var clever = ""
        /// After Schoology's keys; may end with tables.
        var schoology = ""
        var pollInterval = "1s"
        var direction = "to_schoology"
        /// Further tables, after the district.
        var more = ""

        /// By a rule that matches none of the sandbox's students.
        static let matchingNobody = Options(
            schoology: """
                [district.matching]
                students = ["student_number=school_uid"]
                """)
    }

    static func make(
        students: Int = 16, elementaryPercent: Int = 50, days: Int = 2, oddities: DistrictPlan.Oddities = .none,
        dropFolder: String? = nil, diskBytes: Int? = nil, options: Options = Options()
    ) async throws -> Installation {
        let today = SandboxClock.system.now().day
        var settings = SandboxSettings(
            DistrictPlan(
                students: students, sectionsPerStudent: 3, elementaryPercent: elementaryPercent, today: today,
                days: days, oddities: oddities))
        // Time is real here, so there is plenty of credit.
        settings.schoologyCredits = 2000
        settings.schoologyWindowMilliseconds = 1000
        settings.dropFolder = dropFolder
        return try Installation(try await LocalSandbox.start(settings), today, diskBytes, options)
    }

    private init(_ sandbox: LocalSandbox, _ today: CalendarDay, _ diskBytes: Int?, _ options: Options) throws {
        self.sandbox = sandbox
        self.today = today
        marked = Set(
            sandbox.cleverRecords(from: today.adding(days: 1 - sandbox.settings.plan.days), to: today).map(\.student))
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let stateFolder = folder.appendingPathComponent("state")
        disk = try diskBytes.map { try SmallDisk(bytes: $0, over: stateFolder) }
        try secret(sandbox.settings.cleverToken, "token")
        try secret(sandbox.settings.consumerKey, "key")
        try secret(sandbox.settings.consumerSecret, "secret")
        try configure(options)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var configuration: URL { folder.appendingPathComponent("attendance-sync.toml") }
    var stateFolder: URL { folder.appendingPathComponent("state") }
    var stateFile: URL { stateFolder.appendingPathComponent("town.sqlite") }

    func secret(_ text: String, _ name: String) throws {
        let path = folder.appendingPathComponent(name).path
        try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    func configure(_ options: Options) throws {
        let text = """
            [service]
            state_directory = "\(stateFolder.path)"
            \(options.service)

            \(district("town", options))
            \(options.more)
            """
        try Data(text.utf8).write(to: configuration)
    }

    /// One district's tables; `url` is where its Clever and Schoology are, the sandbox unless told.
    func district(
        _ name: String, _ options: Options = Options(), cleverURL: String? = nil, schoologyURL: String? = nil,
        token: String = "token"
    ) -> String {
        """
        [[district]]
        name = "\(name)"
        timezone = "Etc/UTC"
        direction = "\(options.direction)"

        [district.clever]
        base_url = "\(cleverURL ?? sandbox.cleverURL)"
        token_file = "\(token)"
        poll_interval = "\(options.pollInterval)"
        lookback = "\(sandbox.settings.plan.days)d"
        recent_lookback = "\(sandbox.settings.plan.days)d"
        \(options.clever)

        [district.schoology]
        base_url = "\(schoologyURL ?? sandbox.schoologyURL)"
        consumer_key_file = "key"
        consumer_secret_file = "secret"
        rate_limit = { credits = 2000, window = "1s", read_cost = 1, write_cost = 3 }
        \(options.schoology)
        """
    }

    // MARK: Commands

    func start(_ arguments: String..., environment: [String: String] = [:]) throws -> Program {
        try Program(arguments + ["--config", configuration.path], environment: environment, disk: disk, in: folder)
    }

    @discardableResult
    func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Program.Ended {
        try await Program(
            arguments + ["--config", configuration.path], environment: environment, disk: disk, in: folder
        )
        .end()
    }

    @discardableResult
    func run(_ arguments: String..., openFiles: Int) async throws -> Program.Ended {
        try await Program(arguments + ["--config", configuration.path], openFiles: openFiles, in: folder).end()
    }

    // MARK: Both sides

    func mark(
        _ pair: SandboxPair, _ status: String, code: String? = nil, daysAgo: Int = 0
    ) throws {
        try sandbox.setCleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: today.adding(days: -daysAgo),
            status: status, excuseCode: code)
        sandbox.finishAttendanceSync()
    }

    func shown(_ pair: SandboxPair) throws -> Int {
        try sandbox.schoologyMark(enrollment: pair.enrollment, date: today)?.status ?? 1
    }

    /// Pairs in a school that takes attendance by section, first of the students who are present on all days. (Who isn't is
    /// another one every day, as the days are real.)
    var pairs: [SandboxPair] {
        let pairs = sandbox.pairs().filter { pair in
            sandbox.core.withWorld { world in
                let student = world.district.students[world.district.index(.student, pair.cleverStudent)!]
                return world.district.schools[Int(student.school)].level == .secondary
            }
        }
        return pairs.filter { !marked.contains($0.cleverStudent) } + pairs.filter { marked.contains($0.cleverStudent) }
    }

    /// Where Schoology doesn't show what Clever says, by the documented status map.
    var differences: [String] {
        let homerooms = sandbox.core.withWorld { world in
            Set(
                world.district.sections.indices.filter { world.district.sections[$0].subject == "homeroom/advisory" }
                    .map { world.district.text(.section, $0) })
        }
        var wanted: [String: Int] = [:]
        let records = sandbox.cleverRecords(
            from: today.adding(days: 1 - sandbox.settings.plan.days), to: today, includingPresent: true)
        for record in records.sorted(by: { ($0.section == nil ? 0 : 1) < ($1.section == nil ? 0 : 1) }) {
            let pair = sandbox.pairs().first {
                $0.cleverStudent == record.student
                    && (record.section == nil
                        ? homerooms.contains($0.cleverSection) : $0.cleverSection == record.section)
            }
            guard let pair else { continue }
            let status =
                switch (record.status, record.excuseCode) {
                case ("absent", "E"), ("absent", "MED"): 4
                case ("absent", _): 2
                case ("tardy", _): 3
                default: 1
                }
            wanted["\(pair.enrollment) \(record.date)"] = status == 1 ? nil : status
        }
        var shown: [String: Int] = [:]
        for row in sandbox.schoologyMarks() { shown["\(row.enrollment) \(row.date)"] = row.status }
        return Set(shown.keys).union(wanted.keys).filter { shown[$0] != wanted[$0] }.sorted()
            .map { "\($0): \(shown[$0] ?? 1) instead of \(wanted[$0] ?? 1)" }
    }
}

/// A line of the log, read as logfmt.
struct LogLine: Sendable {
    var fields: [String: String] = [:]

    var event: String { fields["event"] ?? "" }

    /// Nil where the line isn't logfmt.
    init?(_ line: some StringProtocol) {
        var rest = Array(line)[...]
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let key = String(rest[..<equals])
            guard !key.isEmpty, key.allSatisfy({ $0.isLowercase || $0.isNumber || $0 == "_" }) else { return nil }
            rest = rest[(equals + 1)...]
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while let character = rest.first, character != "\"" {
                    rest = rest.dropFirst()
                    if character == "\\", let escaped = rest.first {
                        rest = rest.dropFirst()
                        value.append(escaped)
                    } else {
                        value.append(character)
                    }
                }
                guard rest.first == "\"" else { return nil }
                rest = rest.dropFirst()
            } else {
                let end = rest.firstIndex(of: " ") ?? rest.endIndex
                value = String(rest[..<end])
                rest = rest[end...]
            }
            guard fields.updateValue(value, forKey: key) == nil else { return nil }
            guard let separator = rest.first else { break }
            guard separator == " " else { return nil }
            rest = rest.dropFirst()
        }
    }

    /// Every whole line of a log that can be read.
    static func all(_ log: String) -> [LogLine] { log.split(separator: "\n").compactMap { LogLine($0) } }
}

extension Program {
    func hasLogged(_ event: String, count: Int = 1) -> Bool {
        LogLine.all(log).count { $0.event == event } >= count
    }

    func logs(_ event: String, count: Int = 1) async throws {
        try await eventually("\(event) is logged") {
            guard isRunning else { throw TookTooLong(what: "\(event) is logged: the program ended\n\(log)") }
            return hasLogged(event, count: count)
        }
    }
}
