import AttendanceCore
import CSimulatedDisk
import SyncEngine
import SyncState

/// Looks into the daemon's state.
extension Proof {
    /// Reads the daemon's state, also while no daemon runs, and whatever the disk does to those who are of its world.
    func reading<Value>(_ body: (Transaction) throws -> Value) -> Value? {
        if let state { return try? state.reading(body) }
        simulated_disk_set_observed(1)
        defer { simulated_disk_set_observed(0) }
        guard
            let opened = try? SyncState(
                directory: directory, district: "town", access: .exclusive, disk: SIMULATED_DISK_NAME)
        else {
            return nil
        }
        defer { opened.close() }
        return try? opened.reading(body)
    }

    func reading<Value>(_ key: Ledger.Key, _ body: (Transaction, Key) throws -> Value) -> Value? {
        let place = town.places[key.place]
        let value: Value?? = reading { tx in
            try tx.key(student: place.student, section: place.section, day: key.day).map { try body(tx, $0) }
        }
        return value ?? nil
    }

    func conflicts(_ key: Ledger.Key) -> [StoredConflict] {
        reading(key) { try $0.conflicts(of: $1) } ?? []
    }

    func describe(_ key: Ledger.Key, _ what: String) -> String {
        let place = town.places[key.place]
        var lines = ["place \(key.place) (student \(place.student), section \(place.section)) \(key.day): \(what)"]
        lines += town.ledger.story(key)
        for line in reading(key, { try $0.auditTrail($1) }) ?? [] {
            let side = line.side.map { "\($0)" } ?? "both"
            lines.append("audit \(line.at) cycle \(line.cycle) \(side) \(line.was) -> \(line.now): \(line.cause)")
        }
        for conflict in conflicts(key) {
            lines.append(
                "conflict \(conflict.detected) base \(conflict.base) clever \(conflict.clever) schoology \(conflict.schoology): \(conflict.outcome)"
            )
        }
        return lines.joined(separator: "\n    ")
    }
}

extension Event {
    func value(_ key: String) -> String? { fields.first { $0.key == key }?.value.description }
}

extension StoredConflict {
    func value(_ side: Side) -> Status { side == .clever ? clever : schoology }
}
