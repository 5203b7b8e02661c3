import Operations

/// What one check of `doctor` found.
struct Check: Sendable {
    enum Result: String, Encodable, Sendable {
        case ok
        case warning
        case failed
        /// Could not be looked at, for the reason that is said.
        case skipped
    }

    var name: String
    var result: Result
    var found: String
    var details: [String] = []
    var repair: String?
    /// What it makes of the command's exit code.
    var exitStatus = ExitStatus.done

    static func ok(_ name: String, _ found: String, _ details: [String] = []) -> Check {
        Check(name: name, result: .ok, found: found, details: details)
    }

    static func warning(_ name: String, _ found: String, _ details: [String] = [], repair: String) -> Check {
        Check(name: name, result: .warning, found: found, details: details, repair: repair)
    }

    /// - Parameter exitStatus: `.operatorMustAct`, or `.unreachable` for what may mend itself.
    static func failed(
        _ name: String, _ found: String, _ details: [String] = [], repair: String,
        exitStatus: ExitStatus = .operatorMustAct
    ) -> Check {
        Check(
            name: name, result: .failed, found: found, details: details, repair: repair, exitStatus: exitStatus)
    }

    static func skipped(_ name: String, _ why: String) -> Check {
        Check(name: name, result: .skipped, found: why)
    }
}

extension Check: Encodable {
    enum CodingKeys: String, CodingKey {
        case name = "check"
        case result, found, details, repair
    }
}

extension Check {
    private static let nameWidth = 24

    /// One line, and what belongs to it below, indented.
    var text: String {
        let word =
            switch result {
            case .ok: "ok"
            case .warning: "warning"
            case .failed: "FAILED"
            case .skipped: "-"
            }
        func padded(_ text: String, _ width: Int) -> String {
            text.count < width ? text + String(repeating: " ", count: width - text.count) : text + " "
        }
        var lines = ["  " + padded(word, 9) + padded(name, Self.nameWidth) + found]
        let indent = String(repeating: " ", count: 11 + Self.nameWidth)
        lines += details.map { indent + $0 }
        if let repair { lines.append("\(indent)to mend it: \(repair)") }
        return lines.joined(separator: "\n")
    }
}

/// `doctor --json`.
struct DoctorDocument: Encodable {
    struct District: Encodable {
        var district: String
        var checks: [Check]
    }

    var version = 1
    /// The worst of all checks.
    var result: Check.Result
    /// What is the same for all districts.
    var service: [Check]
    var districts: [District]
}
