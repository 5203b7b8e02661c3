import AttendanceCore
import CleverAPI

@testable import SyncEngine
@testable import SyncState

extension FuzzTarget {
    /// The pages of one unit by their cursors, with kills in between: reading always comes to an end, and where the
    /// cursors are honest, it leaves every record that counts, whatever order they come in. Read once more, and what was taken
    /// is passed over.
    static let unit = FuzzTarget(name: "unit") { input throws(Finding) in
        let server = UnitServer(input)
        var stored = server.earlier
        var cursor: String?
        var taken: [PageDigest: TakenPage] = [:]
        var reader = reader(stored, taken, cursor)
        var readings = 2
        var killsLeft = server.kills
        // Each page once, twice where a daily record came late; and as often again after each kill.
        var stepsLeft = (server.pages.count + 1) * 6 * (server.kills.count + 1)
        while true {
            guard stepsLeft > 0 else { throw Finding(what: "the unit is read for ever") }
            stepsLeft -= 1
            guard let page = server.page(at: reader.next) else { throw Finding(what: "a cursor that nobody gave") }
            let step: UnitStep
            do throws(SideFailure) {
                let digest = PageDigest(of: Array((reader.next ?? "").utf8), readBy: "")
                if let page = reader.taken(digest) {
                    step = try reader.pass(page)
                } else {
                    if !reader.knowsRecords { reader.know(stored) }
                    step = try reader.take(page, digest)
                }
            } catch {
                try require(!server.isHonest, "refused, and every cursor leads on: \(error)")
                return
            }
            for update in step.updates {
                stored[update.key] = StoredRecord(status: update.status, code: update.code, modified: update.modified)
            }
            if step.forgetsTaken { taken = [:] }
            for digest in step.outdated { taken[digest] = nil }
            if let page = step.taken { taken[page.digest] = page }
            cursor = step.next
            try require(!step.done || step.next == nil, "done, and there is a next page")
            if step.done {
                readings -= 1
                guard readings > 0 else { break }
                // And once more, in which what was taken is passed over.
                reader = Self.reader(stored, taken, nil)
                continue
            }
            if let kill = killsLeft.last, stepsLeft % 7 == kill {
                killsLeft.removeLast()
                reader = Self.reader(stored, taken, cursor)
            }
        }
        if server.isHonest { try requireEveryRecord(server, in: stored) }
    }

    private static func reader(
        _ stored: [RecordKey: StoredRecord], _ taken: [PageDigest: TakenPage], _ cursor: String?
    ) -> UnitReader {
        let unit = ScanUnit(day: UnitServer.day, school: 1, schoolCleverID: "school", next: cursor)
        let map = StatusMap(
            present: .init(withoutCode: .present, codes: ["L": .late], anyOtherCode: .present),
            absent: .init(withoutCode: .absent, anyOtherCode: .absent),
            tardy: .init(withoutCode: .late, anyOtherCode: .late), toClever: [:])
        var reader = UnitReader(unit: unit, taken: taken, statusMap: map)
        if cursor != nil { reader.know(stored) }
        return reader
    }

    /// A mark other than present is stored, and a section's present one wherever a daily record says otherwise.
    private static func requireEveryRecord(
        _ server: UnitServer, in stored: [RecordKey: StoredRecord]
    ) throws(Finding) {
        let records = server.pages.flatMap(\.records).filter { $0.day == UnitServer.day }
        for record in records {
            let key = RecordKey(student: record.student, section: record.section)
            let isOutranking =
                record.section != nil
                && records.contains { $0.daily && $0.student == record.student && saysMore($0) }
            guard saysMore(record) || isOutranking else { continue }
            try require(
                stored[key]?.status == record.status,
                "\(record.status) of \(key) is stored as \(String(describing: stored[key]))")
        }
        try require(stored.count <= records.count + server.earlier.count, "more is stored than there is")
    }

    /// Something that no record doesn't say.
    private static func saysMore(_ record: CleverRecord) -> Bool {
        record.status != .present || record.excuseCode == "L"
    }
}
