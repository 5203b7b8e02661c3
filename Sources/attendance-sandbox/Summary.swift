import Foundation
import Sandbox

/// What a client needs to know of the running sandbox.
struct Summary: Encodable {
    struct Clever: Encodable {
        let baseURL: String
        let token: String
    }

    struct Schoology: Encodable {
        let baseURL: String
        let consumerKey: String
        let consumerSecret: String
    }

    /// The drop folder's server. A secret's file is the one beside the written configuration, if there is one.
    struct SFTP: Encodable {
        let url: String
        let port: Int
        let user: String
        let password: String?
        let passwordFile: String?
        let privateKeyFile: String?
        let knownHostsFile: String

        init(_ server: OpenSSHServer, _ files: ConfigurationFiles?) {
            url = server.url()
            port = server.port
            user = server.user
            password = server.password
            passwordFile = files?.passwordFile
            privateKeyFile = files?.privateKeyFile ?? server.privateKeyFile
            knownHostsFile = files?.knownHostsFile ?? server.knownHostsFile
        }
    }

    struct District: Encodable {
        let seed: UInt64
        let id: String
        let schools: Int
        let students: Int
        let sections: Int
        let today: String
    }

    let version = 1
    let clever: Clever
    let schoology: Schoology
    let controlURL: String
    let dropFolder: String
    let sftp: SFTP?
    /// Why `sftp` is null.
    let sftpMissing: String?
    let triggerURL: String?
    let configuration: String?
    let district: District

    init(
        _ sandbox: LocalSandbox, dropFolder folder: String, sftp: DropServer, triggers: TriggerAddress?,
        files: ConfigurationFiles?
    ) {
        let settings = sandbox.settings
        clever = Clever(baseURL: sandbox.cleverURL, token: settings.cleverToken)
        schoology = Schoology(
            baseURL: sandbox.schoologyURL, consumerKey: settings.consumerKey, consumerSecret: settings.consumerSecret)
        controlURL = sandbox.controlURL
        dropFolder = folder
        self.sftp = sftp.server.map { SFTP($0, files) }
        sftpMissing = sftp.missing
        triggerURL = triggers?.url ?? settings.triggerURL
        configuration = files?.configuration
        district = District(
            seed: settings.plan.seed, id: sandbox.districtID, schools: sandbox.schoolIDs.count,
            students: sandbox.studentIDs.count, sections: sandbox.sectionIDs.count,
            today: settings.plan.today.description)
    }

    enum CodingKeys: String, CodingKey {
        case version, clever, schoology, controlURL, dropFolder, sftp, sftpMissing, triggerURL, configuration, district
    }

    /// As the compiler would write it, but for `sftp`, which is there as null too.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(clever, forKey: .clever)
        try container.encode(schoology, forKey: .schoology)
        try container.encode(controlURL, forKey: .controlURL)
        try container.encode(dropFolder, forKey: .dropFolder)
        try container.encode(sftp, forKey: .sftp)
        try container.encodeIfPresent(sftpMissing, forKey: .sftpMissing)
        try container.encodeIfPresent(triggerURL, forKey: .triggerURL)
        try container.encodeIfPresent(configuration, forKey: .configuration)
        try container.encode(district, forKey: .district)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    var text: String {
        var lines = [
            "A district of \(district.students) students in \(district.schools) schools, \(district.sections) sections; "
                + "today is \(district.today).",
            "  Clever       \(clever.baseURL)",
            "  Schoology    \(schoology.baseURL)",
            "  control      \(controlURL)/_sandbox/counters",
            "  drop folder  \(dropFolder)",
        ]
        if let sftp { lines.append("  SFTP         \(sftp.url), as \(sftp.user)") }
        if let triggerURL {
            // Without its path, which is as good as a password.
            lines.append("  triggers to  \(triggerURL.split(separator: "/").prefix(2).joined(separator: "//"))/…")
        }
        if let configuration { lines.append("  config       \(configuration)") }
        lines.append("Credentials: --json shows them. Ctrl-C stops the sandbox.")
        return lines.joined(separator: "\n")
    }
}
