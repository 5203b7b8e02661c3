import AttendanceCore
import Crypto
import Foundation
import GRDB

/// What tells a page from every other, and from itself where it is read by other rules: the tag of AES-256-GMAC over its
/// bytes (NIST SP 800-38D), keyed by the rules.
///
/// That takes a thirteenth of SHA-256's time. Two pages of a megabyte have the same tag with a probability of 2⁻¹¹²,
/// unless somebody makes them so; but whoever makes these pages says what is true anyway.
public struct PageDigest: Hashable, Sendable {
    let bytes: Data

    init(bytes: Data) {
        self.bytes = bytes
    }

    /// - Parameter rules: whatever decides which of a page's records count.
    public init(of page: [UInt8], readBy rules: String) {
        let key = SymmetricKey(data: SHA256.hash(data: Data(rules.utf8)))
        guard
            let nonce = try? AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12)),
            let sealed = try? AES.GCM.seal([UInt8](), using: key, nonce: nonce, authenticating: page)
        else { preconditionFailure("a key of 32 bytes and a nonce of 12 are what AES-256-GMAC takes") }
        bytes = sealed.tag
    }
}

/// A page that was read before: all that counts of its records is stored. Most of a window's pages come again as they were,
/// and are not gone over again.
public struct TakenPage: Sendable, Equatable {
    public var digest: PageDigest
    /// The cursor of the next page, as this one gave it.
    public var next: String?
    public var records: Int

    public init(digest: PageDigest, next: String?, records: Int) {
        self.digest = digest
        self.next = next
        self.records = records
    }
}

/// A taken page is stored in the transaction that stores its records, and goes whenever one of these could.
extension Transaction {
    public func takenPages(day: Day, school: Int64) throws -> [PageDigest: TakenPage] {
        var pages: [PageDigest: TakenPage] = [:]
        for row in try rows(
            "SELECT digest, next, records FROM taken_page WHERE day = ? AND school = ?", [day.number, school])
        {
            let digest = PageDigest(bytes: row[0])
            pages[digest] = TakenPage(digest: digest, next: row[1], records: row[2])
        }
        return pages
    }

    func storeTakenPages(_ step: UnitStep, of unit: ScanUnit) throws {
        if step.forgetsTaken {
            try run("DELETE FROM taken_page WHERE day = ? AND school = ?", [unit.day.number, unit.school])
        }
        for digest in step.outdated {
            try run(
                "DELETE FROM taken_page WHERE day = ? AND school = ? AND digest = ?",
                [unit.day.number, unit.school, digest.bytes])
        }
        if let page = step.taken {
            try run(
                "INSERT OR REPLACE INTO taken_page(day, school, digest, next, records) VALUES (?, ?, ?, ?, ?)",
                [unit.day.number, unit.school, page.digest.bytes, page.next, page.records])
        }
    }

    func forgetTakenPages(before day: Day) throws {
        try run("DELETE FROM taken_page WHERE day < ?", [day.number])
    }
}
