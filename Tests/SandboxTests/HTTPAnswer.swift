@testable import Sandbox

/// What a client got back.
struct HTTPAnswer: Sendable {
    /// Nil: not even a status line came.
    var status: Int?
    /// Names in lower case.
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// The connection ended with a reset.
    var wasReset = false

    /// Cuts what a connection gave until it closed into status, headers and body.
    init(_ bytes: [UInt8], wasReset: Bool) {
        self.wasReset = wasReset
        let head = bytes.indices.first { bytes[$0...].starts(with: [13, 10, 13, 10]) }
        guard let head else { return }
        let lines = String(decoding: bytes[..<head], as: UTF8.self).split(separator: "\r\n")
        status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1)
            headers[sides[0].lowercased()] = String(sides[1].drop { $0 == " " })
        }
        body = Array(bytes[(head + 4)...])
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body's JSON; null if it has none.
    var json: JSONValue { JSONValue(parsing: body) ?? .null }

    /// The target of the link with that relation, as Clever writes links.
    func link(_ relation: String) -> String? {
        json["links"]?.list?.first { $0["rel"]?.text == relation }?["uri"]?.text
    }

    /// The flat records of an Attendance API answer, as student, section and date.
    var places: [[String?]] {
        (json["data"]?.list ?? []).map {
            [$0["student_id"]?.text, $0["section_id"]?.text, $0["attendance_date"]?.text]
        }
    }
}
