import AttendanceCore
import Configuration
import Foundation
import Operations

/// Why the service doesn't start. In the journal these are events, as what goes wrong later is: what `journalctl -p warning`
/// leaves out, nobody finds. Elsewhere they are the text that every command prints.
enum StartFailure {
    static func tell(_ errors: ConfigurationErrors) {
        tell(
            errors.all.map { error in
                Event(
                    .error, .configRejected,
                    ["key": .text(error.key), "reason": .text(error.finding), "repair": .text(error.hint)])
            }, text: "\(errors)")
    }

    static func tell(_ name: Event.Name, _ reason: String, repair: String) {
        tell(
            [Event(.error, name, ["reason": .text(reason), "repair": .text(repair)])],
            text: "\(reason)\n  to mend it: \(repair)")
    }

    private static func tell(_ events: [Event], text: String) {
        guard EventLog.isJournal(environment: ProcessInfo.processInfo.environment) else {
            return Terminal.complain(text)
        }
        let log = EventLog.standard(ServiceConfiguration())
        for event in events { log.record(event) }
    }
}
