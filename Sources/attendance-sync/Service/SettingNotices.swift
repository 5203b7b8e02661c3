import Foundation
import AttendanceCore
import Configuration
import Operations
import SyncEngine

/// Settings that aren't followed as they stand are said aloud.
enum SettingNotices {
    static func announce(_ loaded: LoadedConfiguration, to events: EventLog) {
        for notice in loaded.notices {
            events.record(
                Event(
                    .warning, .configUnused, district: notice.district,
                    ["key": .text(notice.key), "reason": .text("\(notice)")]))
        }
    }
}

extension EventLog {
    /// The log as configured: on standard error, or in the journal where that is the journal's.
    static func standard(_ configuration: ServiceConfiguration) -> EventLog {
        let isForJournal = EventLog.isJournal(environment: ProcessInfo.processInfo.environment)
        return EventLog(
            formatter: EventFormatter(format: configuration.logFormat, isForJournal: isForJournal),
            level: configuration.logLevel, journal: isForJournal ? JournalSocket() : nil, now: { SystemClock().now() })
    }
}
