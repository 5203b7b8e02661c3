import Foundation
import Sandbox
import Testing

/// An installation that works in both directions, with a real OpenSSH server in the place of Clever's.
final class Circle: Sendable {
    struct Options: Sendable {
        var pollInterval = "1s"
        var readBackInterval = "1s"
        var uploadInterval = "1h"
        var policy = "clever"
        var service = ""
        /// Instead of the server's own.
        var port: Int?
        /// `[district.schoology.triggers]`, if there is to be one.
        var triggerPort: Int?
    }

    let place: Installation
    let server: OpenSSHServer
    private let folder: URL

    /// - Parameters:
    ///   - capacity: bytes of the server's disk; needs root.
    ///   - diskBytes: of the disk that the state is on; needs root.
    static func make(
        students: Int = 16, capacity: Int? = nil, diskBytes: Int? = nil, options: Options = Options()
    ) async throws -> Circle {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("circle-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            let server = try OpenSSHServer.start(
                folder: folder.path, login: OpenSSHServer.canMakeUsers ? .password : .key, capacity: capacity)
            let place = try await Installation.make(
                students: students, dropFolder: server.folder, diskBytes: diskBytes)
            return try Circle(place, server, folder, options)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
    }

    private init(_ place: Installation, _ server: OpenSSHServer, _ folder: URL, _ options: Options) throws {
        self.place = place
        self.server = server
        self.folder = folder
        try place.secret(server.user, "sftp-user")
        if let password = server.password { try place.secret(password, "sftp-password") }
        try place.secret(Self.triggerPath, "trigger-path")
        try setKnownHosts(server.knownHosts())
        try configure(options)
    }

    deinit {
        server.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    static let triggerPath = "/0b5e1d7c2a94f8e63d17c05ba9f2468e1c3d5a7b9f"

    var sandbox: LocalSandbox { place.sandbox }

    func setKnownHosts(_ text: String) throws {
        try Data(text.utf8).write(to: place.folder.appendingPathComponent("known_hosts"))
    }

    func configure(_ options: Options) throws {
        let credential =
            server.privateKeyFile.map { "private_key_file = \"\($0)\"" } ?? "password_file = \"sftp-password\""
        let triggers =
            options.triggerPort.map {
                """
                [district.schoology.triggers]
                listen = "127.0.0.1:\($0)"
                path_file = "trigger-path"
                """
            } ?? ""
        try place.configure(
            .init(
                service: options.service,
                clever: """
                    [district.clever.sftp]
                    url = "sftp://127.0.0.1:\(options.port ?? server.port)/~/attendance.csv"
                    username_file = "sftp-user"
                    \(credential)
                    known_hosts_file = "known_hosts"
                    upload_interval = "\(options.uploadInterval)"
                    """,
                schoology: """
                    poll_interval = "\(options.readBackInterval)"
                    \(triggers)
                    [district.conflicts]
                    policy = "\(options.policy)"
                    """, pollInterval: options.pollInterval, direction: "both"))
    }

    // MARK: Edits

    /// A teacher marks somebody: 1 takes the mark back.
    func teach(_ pair: SandboxPair, _ status: Int, daysAgo: Int = 0) throws {
        let date = place.today.adding(days: -daysAgo)
        if status == 1 {
            try sandbox.clearSchoologyMark(enrollment: pair.enrollment, date: date)
        } else {
            try sandbox.setSchoologyMark(enrollment: pair.enrollment, date: date, status: status)
        }
    }

    /// Clever looks into the drop folder.
    @discardableResult
    func ingest() -> IngestionReport {
        let report = sandbox.ingestDropFolder()
        #expect(report.rejected == [])
        return report
    }

    // MARK: What there is

    /// `status`, or `status/code`.
    func cleverSays(_ pair: SandboxPair) throws -> String {
        let record = try sandbox.cleverRecord(
            student: pair.cleverStudent, section: pair.cleverSection, date: place.today)
        guard let record else { return "nothing" }
        return record.status + (record.excuseCode.map { "/\($0)" } ?? "")
    }

    var puts: [RequestRecord] { sandbox.requests.filter { $0.method == "PUT" } }

    func path(_ name: String) -> String { "\(server.folder)/\(name)" }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: server.folder)) ?? []).sorted() }

    /// The rows of `attendance.csv`, without its header; nil: there is no file.
    var rows: [String]? {
        FileManager.default.contents(atPath: path("attendance.csv")).map {
            String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst().map(String.init)
        }
    }

    /// Which file it is: another upload makes another one.
    var fileNumber: UInt64? {
        (try? FileManager.default.attributesOfItem(atPath: path("attendance.csv")))?[.systemFileNumber] as? UInt64
    }

    // MARK: Whole ways round

    /// Clever takes the file, the program sees it; then both sides agree, and one more cycle writes nothing.
    func close(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        ingest()
        sandbox.clearRequests()
        let echo = try await place.run("once", "--upload")
        #expect(echo.status == 0, "\(comment ?? "") \(echo.log)", sourceLocation: sourceLocation)
        #expect(puts.isEmpty, comment, sourceLocation: sourceLocation)
        #expect(place.differences == [], comment, sourceLocation: sourceLocation)
        #expect(names == ["attendance.csv"], comment, sourceLocation: sourceLocation)
    }

    func expectRest(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let file = fileNumber
        sandbox.clearRequests()
        #expect(try await place.run("once", "--upload").status == 0, sourceLocation: sourceLocation)
        #expect(sandbox.requests.allSatisfy { $0.method == "GET" }, sourceLocation: sourceLocation)
        #expect(
            sandbox.requests.filter { $0.side == .clever }.map(\.target) == ["/v3.1/districts"],
            sourceLocation: sourceLocation)
        #expect(fileNumber == file, sourceLocation: sourceLocation)
    }
}
