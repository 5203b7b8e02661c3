import AttendanceCore
import CleverAPI
import SyncState

/// Pages that an input describes, each behind its cursor.
struct UnitServer {
    static let day = Day(number: 20_000)

    private(set) var pages: [AttendancePage] = []
    /// No cursor leads back.
    private(set) var isHonest = true
    /// When the process is killed, in steps left modulo 7, the last first.
    private(set) var kills: [Int] = []

    /// What an earlier scan has left.
    private(set) var earlier: [RecordKey: StoredRecord] = [:]

    init(_ input: [UInt8]) {
        var rest = input.prefix(200)[...]
        let first = rest.popFirst() ?? 0
        let old = Timestamp(seconds: 1_600_000_000)
        for (bit, student, section, status) in [
            (0x20, 0, nil, .present), (0x40, 1, nil, .absent), (0x80, 0, "section 0", .tardy),
        ] as [(UInt8, Int, CleverID?, CleverStatus)] where first & bit != 0 {
            earlier[RecordKey(student: CleverID("student \(student)"), section: section)] = StoredRecord(
                status: status, code: nil, modified: old)
        }
        kills = (0..<Int(first & 3)).map { Int(first >> 2) % 7 + $0 }
        var keys: Set<String> = []
        while let head = rest.popFirst(), pages.count < 8 {
            var page = AttendancePage(records: [], next: nil)
            for byte in rest.prefix(Int(head & 7)) {
                let record = Self.record(byte)
                // Clever has one record of a key.
                if keys.insert("\(record.student) \(record.section?.text ?? "")").inserted {
                    page.records.append(record)
                }
            }
            rest = rest.dropFirst(Int(head & 7))
            if head & 0x80 != 0, head & 0x40 != 0 {
                isHonest = false
                page.next = "page \(head >> 3 & 7)"
            } else if !rest.isEmpty {
                page.next = "page \(pages.count + 1)"
            }
            pages.append(page)
        }
        if pages.isEmpty { pages = [AttendancePage(records: [], next: nil)] }
        pages[pages.count - 1].next = isHonest ? nil : pages[pages.count - 1].next
    }

    /// Nil: no page has that cursor. A page that isn't there is an empty one.
    func page(at cursor: String?) -> AttendancePage? {
        guard let cursor else { return pages[0] }
        guard let number = Int(cursor.dropFirst("page ".count)) else { return nil }
        return number < pages.count ? pages[number] : AttendancePage(records: [], next: nil)
    }

    private static func record(_ byte: UInt8) -> CleverRecord {
        let status = CleverStatus(rawValue: Int(byte & 3)) ?? .absent
        let isDaily = byte & 4 != 0
        return CleverRecord(
            day: byte & 0xC0 == 0xC0 ? day + 1 : day, status: status, daily: isDaily,
            excuseCode: byte & 0xC0 == 0x80 ? "L" : nil,
            lastModified: Timestamp(seconds: 1_700_000_000), school: "school",
            section: isDaily ? nil : CleverID("section \(byte >> 3 & 1)"), student: CleverID("student \(byte >> 4 & 3)")
        )
    }
}
