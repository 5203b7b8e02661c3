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
    let configuration: String?
    let district: District

    init(_ sandbox: LocalSandbox, dropFolder folder: String, configuration: String?) {
        let settings = sandbox.settings
        clever = Clever(baseURL: sandbox.cleverURL, token: settings.cleverToken)
        schoology = Schoology(
            baseURL: sandbox.schoologyURL, consumerKey: settings.consumerKey, consumerSecret: settings.consumerSecret)
        controlURL = sandbox.controlURL
        dropFolder = folder
        self.configuration = configuration
        district = District(
            seed: settings.plan.seed, id: sandbox.districtID, schools: sandbox.schoolIDs.count,
            students: sandbox.studentIDs.count, sections: sandbox.sectionIDs.count,
            today: settings.plan.today.description)
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
        if let configuration { lines.append("  config       \(configuration)") }
        lines.append("Credentials: --json shows them. Ctrl-C stops the sandbox.")
        return lines.joined(separator: "\n")
    }
}
