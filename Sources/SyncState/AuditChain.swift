import AttendanceCore
import Crypto
import Foundation
import GRDB

/// The audit trail's chain: each line's digest is SHA-256 (FIPS 180-4) over the digest before it and the line's own
/// words, so that a line that was changed, added or taken out afterwards shows.
enum AuditChain {
    /// What the digest of the first line there ever was covers.
    static let beginning: [UInt8] = Array(repeating: 0, count: 32)

    /// - Parameters:
    ///   - student: and section: Clever's ids, as the numbers that stand for them here mean nothing by themselves.
    ///   - side: 0 where only what both agree on changed.
    static func digest(
        after previous: [UInt8], at: Int64, cycle: Int64, student: String, section: String, day: Int32, side: Int,
        was: Int, now: Int, cause: String
    ) -> [UInt8] {
        // Free text comes last, and ids have no spaces: no two lines read the same.
        let line = "\(at) \(cycle) \(student) \(section) \(day) \(side) \(was) \(now) \(cause)"
        var hash = SHA256()
        hash.update(data: previous)
        hash.update(data: Array(line.utf8))
        return Array(hash.finalize())
    }

    /// Gives the lines of a trail that was written before there was a chain their digests.
    static func link(_ db: Database) throws {
        let update = try db.makeStatement(sql: "UPDATE audit SET digest = ? WHERE id = ?")
        var previous = beginning
        let rows = try Row.fetchCursor(db, sql: "\(lines) ORDER BY audit.id")
        var digests: [(id: Int64, digest: [UInt8])] = []
        while let row = try rows.next() {
            previous = digest(of: row, after: previous)
            digests.append((row[0], previous))
        }
        for (id, digest) in digests { try update.execute(arguments: [Data(digest), id]) }
    }

    /// The columns that ``digest(of:after:)`` reads, the stored digest last.
    static let lines = """
        SELECT audit.id, at, cycle, student.clever_id, section.clever_id, day, side, was, now, cause, digest FROM audit
        LEFT JOIN student ON student.id = audit.student LEFT JOIN section ON section.id = audit.section
        """

    static func digest(of row: Row, after previous: [UInt8]) -> [UInt8] {
        digest(
            after: previous, at: row[1], cycle: row[2], student: row[3] ?? "", section: row[4] ?? "", day: row[5],
            side: row[6], was: row[7], now: row[8], cause: row[9])
    }
}

/// What became of a verification.
public enum AuditVerdict: Sendable, Equatable {
    /// Every line stands as it was written; the digest of the newest one, which an operator may have noted.
    case whole(lines: Int, digest: String)
    /// The first line that doesn't follow from the one before it.
    case broken(id: Int64, at: Timestamp)
}

extension Transaction {
    /// Goes through the audit trail from its beginning, or from where it was purged.
    public func verifyAuditTrail() throws -> AuditVerdict {
        var previous = try auditAnchor()
        var count = 0
        let rows = try Row.fetchCursor(db, sql: "\(AuditChain.lines) ORDER BY audit.id")
        while let row = try rows.next() {
            let expected = AuditChain.digest(of: row, after: previous)
            guard row[10] as Data? == Data(expected) else {
                return .broken(id: row[0], at: Timestamp(milliseconds: row[1]))
            }
            previous = expected
            count += 1
        }
        return .whole(lines: count, digest: previous.map { Self.hexadecimal($0) }.joined())
    }

    /// The digest that the next line of the audit trail covers.
    func auditHead() throws -> [UInt8] {
        if let last = try row("SELECT digest FROM audit ORDER BY id DESC LIMIT 1") {
            return (last[0] as Data?).map { Array($0) } ?? AuditChain.beginning
        }
        return try auditAnchor()
    }

    private func auditAnchor() throws -> [UInt8] {
        guard let anchor = try text(.auditAnchor) else { return AuditChain.beginning }
        return stride(from: 0, to: anchor.utf8.count - 1, by: 2).compactMap { index in
            let start = anchor.utf8.index(anchor.startIndex, offsetBy: index)
            return UInt8(anchor[start..<anchor.utf8.index(start, offsetBy: 2)], radix: 16)
        }
    }

    static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
}
