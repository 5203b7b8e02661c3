import AttendanceCore
import GRDB

/// A range of attendance dates that an operator asked to be gone over.
public struct Backfill: Sendable, Equatable {
    public var id: Int64
    public var days: ClosedRange<Day>
    /// The day that is to be read from Clever next, newest first; nil once all have been.
    public var next: Day?
    public var requested: Timestamp
    public var requestedBy: String
    public var finished: Timestamp?
    /// Sections that are still to be read from Schoology.
    public var sectionsLeft: Int

    /// Days of it that Clever has been read for.
    public var daysRead: Int { next.map { Int(days.upperBound.number - $0.number) } ?? dayCount }

    public var dayCount: Int { Int(days.upperBound.number - days.lowerBound.number) + 1 }
}

/// Backfills wait in the state, so that whichever process runs the district's cycles goes on with them.
extension Transaction {
    public func requestBackfill(_ days: ClosedRange<Day>, by: String, now: Timestamp) throws -> Int64 {
        try run(
            "INSERT INTO backfill(first, last, next, requested, requested_by) VALUES (?, ?, ?, ?, ?)",
            [days.lowerBound.number, days.upperBound.number, days.upperBound.number, now.milliseconds, by])
        return db.lastInsertedRowID
    }

    /// The oldest that isn't finished.
    public func openBackfill() throws -> Backfill? {
        try row("\(Self.backfills) WHERE finished IS NULL ORDER BY id LIMIT 1").map(Self.backfill)
    }

    public func backfill(id: Int64) throws -> Backfill? {
        try row("\(Self.backfills) WHERE id = ?", [id]).map(Self.backfill)
    }

    /// Clever has been read for a day, and what it calls for is decided. After the last one come Schoology's sections.
    public func finishDay(_ day: Day, of backfill: Backfill, sections: () throws -> [Int64]) throws {
        let next = day > backfill.days.lowerBound ? day - 1 : nil
        try run("UPDATE backfill SET next = ? WHERE id = ?", [next?.number, backfill.id])
        guard next == nil else { return }
        try run("DELETE FROM backfill_section")
        for section in try sections() { try run("INSERT INTO backfill_section(section) VALUES (?)", [section]) }
    }

    public func backfillSections() throws -> [Int64] {
        try rows("SELECT section FROM backfill_section ORDER BY section").map { $0[0] }
    }

    public func finishBackfillSection(_ section: Int64) throws {
        try run("DELETE FROM backfill_section WHERE section = ?", [section])
    }

    public func finish(_ backfill: Backfill, now: Timestamp) throws {
        try run("UPDATE backfill SET finished = ? WHERE id = ?", [now.milliseconds, backfill.id])
        try run("DELETE FROM backfill_section")
    }

    private static let backfills = """
        SELECT id, first, last, next, requested, requested_by, finished,
            CASE WHEN finished IS NULL THEN (SELECT count(*) FROM backfill_section) ELSE 0 END FROM backfill
        """

    private static func backfill(_ row: Row) -> Backfill {
        let (first, last) = (Day(number: row[1]), Day(number: row[2]))
        return Backfill(
            id: row[0], days: first...max(first, last), next: (row[3] as Int32?).map(Day.init(number:)),
            requested: Timestamp(milliseconds: row[4]), requestedBy: row[5],
            finished: (row[6] as Int64?).map(Timestamp.init(milliseconds:)), sectionsLeft: row[7])
    }
}
