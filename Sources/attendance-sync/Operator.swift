import Foundation

/// Who gives a command: kept in the state and in the audit trail.
enum Operator {
    /// - Parameter given: `--by`; without it the user that runs the command, also behind sudo.
    static func name(_ given: String?) -> String {
        given ?? ProcessInfo.processInfo.environment["SUDO_USER"] ?? NSUserName()
    }
}
