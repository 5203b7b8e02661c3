import Foundation
import AttendanceCore
import Configuration
import Operations
import SyncEngine

/// Settings that this version can't follow: refused where following them matters, said aloud elsewhere.
enum Refusals {
    /// Exits 78 where a district asks for something that this version would not do.
    static func check(_ loaded: LoadedConfiguration, districts: [DistrictSettings]) throws {
        let names = Set(districts.map(\.name))
        let refusals = loaded.refusals.filter { $0.district.map(names.contains) ?? true }
        guard !refusals.isEmpty else { return }
        for refusal in refusals { Terminal.complain("\(refusal)") }
        throw ExitStatus.operatorMustAct.exitCode
    }

    static func announce(_ loaded: LoadedConfiguration, to events: EventLog) {
        for notice in loaded.unused {
            events.record(
                Event(
                    .warning, .configUnused, district: notice.district,
                    ["key": .text(notice.key), "reason": .text("\(notice)")]))
        }
    }
}

extension EventLog {
    /// The log as configured, on standard error.
    static func standard(_ configuration: ServiceConfiguration) -> EventLog {
        EventLog(
            formatter: EventFormatter(
                format: configuration.logFormat,
                isForJournal: EventLog.isJournal(environment: ProcessInfo.processInfo.environment)),
            level: configuration.logLevel, now: { SystemClock().now() })
    }
}
