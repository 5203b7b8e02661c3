/// How Clever takes `attendance.csv` in.
extension World {
    /// Processes one file, unless the district is paused: "SFTP uploads are not processed" then.
    ///
    /// The file is incremental: each row makes or replaces one record, and what isn't in it stays as it was.
    mutating func ingest(_ csv: [UInt8], now: Instant) -> IngestionReport {
        guard clever.districtState != "paused" else { return IngestionReport(.paused, at: now) }
        var report = IngestionReport(.ingested, at: now)
        var reader = CSVReader(csv)
        do throws(AttendanceHeader.Refusal) {
            let header = try AttendanceHeader(reader.next())
            let roster = SISRoster(district)
            while let row = reader.next() { take(row, header, roster, now: now, &report) }
            // `last_attendance_sync` is the last successful one: a refused file doesn't move it.
            _ = finishAttendanceSync(now: now)
        } catch {
            report = IngestionReport(.refused(error.reason), at: now)
        }
        report.number = clever.ingestions.entries.count + 1
        counters.filesIngested += 1
        counters.rowsTaken += report.taken
        counters.rowsRejected += report.rejected.count
        clever.ingestions.append(report)
        return report
    }

    private mutating func take(
        _ row: CSVReader.Row, _ header: AttendanceHeader, _ roster: SISRoster, now: Instant,
        _ report: inout IngestionReport
    ) {
        switch row.fields {
        case .failure(let fault):
            report.rejected.append(.init(line: row.line, reason: fault.rawValue))
        case .success(let fields):
            do throws(AttendanceRow.Rejection) {
                let row = try AttendanceRow(
                    fields, header: header, roster: roster, today: clever.attendance.today)
                upsert(row, now: now, &report)
            } catch {
                report.rejected.append(.init(line: row.line, reason: error.reason))
            }
        }
    }

    /// Replaces the record that the last column names, else the one with the row's key, else makes one.
    private mutating func upsert(_ row: AttendanceRow, now: Instant, _ report: inout IngestionReport) {
        let named = row.recordID.flatMap { clever.attendance.place(ofSISID: $0, in: district) }
        let old = clever.attendance.mark(at: named ?? row.place, in: district)
        let isMoved = named != nil && named != row.place
        // An empty last column says nothing about the record's id.
        let id = row.recordID ?? old?.sisID
        if let old, !isMoved, old.status == row.status, old.excuseCode == row.excuseCode, old.sisID == id {
            report.unchanged += 1
            return
        }
        let mark = CleverMark(
            status: row.status, excuseCode: row.excuseCode, created: old?.created ?? now,
            lastModified: old.map { $0.lastModified < now ? now : $0.lastModified.adding(milliseconds: 1) } ?? now,
            sisID: id)
        if isMoved, let named {
            clever.attendance.change(named, to: .vanished)
            report.moved += 1
        }
        clever.attendance.change(row.place, to: .set(mark))
        if old == nil { report.created += 1 } else { report.changed += 1 }
    }
}
