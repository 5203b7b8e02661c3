import AttendanceCore
import CleverAPI
import SyncState
import Transport

/// Asks Clever for the records that new rows replace.
///
/// A present record takes no row in the state, and yet the row that replaces it has to carry its `sis_id`, or to go
/// back as a daily one. So what is not stored is asked for once, section by section; and where a school takes daily
/// attendance, day by day. What comes back may be newer than the last scan: then the key is merged again.
///
/// Once a day that is so for rows, too, which were given up once a file had carried them, and whose days no scan reads any
/// more: Clever may have taken them all the same.
extension DistrictEngine {
    func lookUpRows() async throws {
        var answered: Set<Key> = []
        func unasked() throws -> [RowLookup] {
            try rowsToLookUp().filter { !answered.contains($0.key) && rowsToAskAbout[$0.key] == nil }
        }
        for _ in 0..<Self.lookupRounds {
            let lookups = try unasked()
            guard !lookups.isEmpty else { return }
            try await ask(about: lookups)
            let told = lookups.map(\.key).filter { rowsToAskAbout[$0] == nil }
            answered.formUnion(told)
            // What was found may call for something else; and a section that is read for that may show a teacher's
            // change, whose row Clever was not asked about yet.
            try await decide(onlyDay: nil)
            try state.transaction { tx in
                guard let watermark = try tx.number(.watermark).map(Timestamp.init(milliseconds:)) else { return }
                try tx.forgetWithdrawnRows(told, toldUntil: watermark)
            }
            try await pushWrites()
        }
        for lookup in try unasked() {
            rowsToAskAbout[lookup.key] = "it was decided just now, and Clever is asked with the next upload"
        }
    }

    /// How often Clever is asked for one upload. Rows that come after that go with the next.
    private static let lookupRounds = 3

    private func rowsToLookUp() throws -> [RowLookup] {
        try state.reading { [settings, today, kind, hasScannedLookback] tx in
            // Nor does going over past days read what Clever has had since the watermark.
            guard kind != .backfill else {
                return try tx.rowsToLookUp(daily: settings.clever.daily, readFrom: Day(number: .max))
            }
            // A scan of the recent days alone leaves older days as they were.
            let isWhole = try tx.number(.watermark) == tx.number(.fullScanWatermark)
            let span = isWhole ? settings.clever.lookback : settings.clever.recentLookback
            let rows = try tx.rowsToLookUp(daily: settings.clever.daily, readFrom: today.first(of: span))
            guard hasScannedLookback else { return rows }
            return try rows
                + tx.withdrawnRowsToLookUp(
                    daily: settings.clever.daily, readFrom: today.first(of: settings.clever.lookback))
        }
    }

    private func ask(about lookups: [RowLookup]) async throws {
        for (section, rows) in Dictionary(grouping: lookups, by: \.sectionCleverID).sorted(by: { $0.key < $1.key }) {
            let days = rows.map(\.key.day)
            guard let first = days.min(), let last = days.max() else { continue }
            try await lookUp(cleverRequests.attendance(section: section, from: first, through: last), rows)
        }
        let daily = lookups.filter(\.mayBeDaily)
        for (place, rows) in Dictionary(
            grouping: daily, by: { SchoolDay(school: $0.schoolCleverID, day: $0.key.day) }
        )
        .sorted(by: { ($0.key.day, $0.key.school ?? "") < ($1.key.day, $1.key.school ?? "") }) {
            guard let school = place.school else { continue }
            try await lookUp(
                cleverRequests.attendance(school: school, from: place.day, through: place.day), rows)
        }
        try state.transaction {
            try $0.markLookedUp(lookups.filter { rowsToAskAbout[$0.key] == nil }.compactMap(\.row))
        }
    }

    private struct SchoolDay: Hashable {
        var school: String?
        var day: Day
    }

    /// Reads a list of records to its last page and stores those that stand behind one of the rows.
    private func lookUp(_ first: HTTPRequest, _ rows: [RowLookup]) async throws {
        do {
            try await pages(first, CleverAnswer.attendance, of: "attendance", next: \.next) { page in
                try state.transaction { try self.store(page.records, rows, $0) }
            }
        } catch SideFailure.notFound where !rows.contains(where: \.isListed) {
            // Clever has no such section any more.
        } catch SideFailure.notFound {
            // A passing fault, for all that is known: what stands there now may be the office's edit.
            for row in rows {
                rowsToAskAbout[row.key] = "Clever was asked for its mark and did not know the section (404)"
            }
        }
    }

    private func store(_ records: [CleverRecord], _ rows: [RowLookup], _ tx: Transaction) throws {
        for record in records {
            guard let student = try tx.student(cleverID: record.student.text),
                let row = rows.first(where: {
                    $0.key.student == student && $0.key.day == record.day
                        && (record.daily || record.section?.text == $0.sectionCleverID)
                }), let school = row.school
            else { continue }
            try tx.storeRecord(
                day: record.day, school: school, student: student, section: record.daily ? 0 : row.key.section,
                status: record.status, code: record.excuseCode, sisID: record.sisID, modified: record.lastModified)
        }
    }
}
