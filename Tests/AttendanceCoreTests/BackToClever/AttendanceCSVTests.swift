import SeededRandom
import AttendanceCore
import Testing

@Suite struct AttendanceCSVTests {
    static let day = Day("2025-04-08")!

    static func row(
        student: String = "s1", section: String? = "c1", excuse: String? = nil, record: String? = nil
    ) -> AttendanceRow {
        AttendanceRow(
            studentSISID: student, schoolSISID: "a", sectionSISID: section, day: day, status: .absent,
            excuseCode: excuse, recordSISID: record)
    }

    static let header =
        "Student_id,School_id,Section_id,Attendance_date,Attendance_type,Attendance_status,Excuse_code,Sis_id"

    @Test func anEmptyFileIsTheHeader() {
        #expect(AttendanceCSV.file([], lastColumn: .sisID) == Array((Self.header + "\r\n").utf8))
        let other = Self.header.replacing("Sis_id", with: "Attendance_id") + "\r\n"
        #expect(AttendanceCSV.file([], lastColumn: .attendanceID) == Array(other.utf8))
    }

    @Test(
        arguments: [
            (row(), "s1,a,c1,2025-04-08,section,absent,,"),
            (row(section: nil), "s1,a,,2025-04-08,daily,absent,,"),
            (row(excuse: "E", record: "r9"), "s1,a,c1,2025-04-08,section,absent,E,r9"),
            (row(excuse: ""), "s1,a,c1,2025-04-08,section,absent,,"),
            (row(student: "1,2"), "\"1,2\",a,c1,2025-04-08,section,absent,,"),
            (row(student: "1\"2"), "\"1\"\"2\",a,c1,2025-04-08,section,absent,,"),
            (row(excuse: "\""), "s1,a,c1,2025-04-08,section,absent,\"\"\"\","),
            (row(excuse: "a\nb"), "s1,a,c1,2025-04-08,section,absent,\"a\nb\","),
            (row(excuse: "a\rb"), "s1,a,c1,2025-04-08,section,absent,\"a\rb\","),
            (row(excuse: "a\r\nb"), "s1,a,c1,2025-04-08,section,absent,\"a\r\nb\","),
            (row(student: " 1"), "\" 1\",a,c1,2025-04-08,section,absent,,"),
            (row(student: "1 "), "\"1 \",a,c1,2025-04-08,section,absent,,"),
            (row(student: "1 2"), "1 2,a,c1,2025-04-08,section,absent,,"),
            (row(student: "Zoë-æ"), "Zoë-æ,a,c1,2025-04-08,section,absent,,"),
            (row(student: "007"), "007,a,c1,2025-04-08,section,absent,,"),
        ] as [(AttendanceRow, String)])
    func quotesWhatNeedsIt(row: AttendanceRow, expected: String) {
        let bytes = AttendanceCSV.file([row], lastColumn: .sisID)
        #expect(Array(bytes.dropFirst(Self.header.utf8.count + 2)) == Array((expected + "\r\n").utf8))
    }

    @Test func ordersByDateSchoolSectionAndStudent() throws {
        func row(_ student: String, _ school: String, _ section: String?, _ day: String) -> AttendanceRow {
            AttendanceRow(
                studentSISID: student, schoolSISID: school, sectionSISID: section, day: Day(day)!, status: .tardy)
        }
        let ordered = [
            row("9", "9", nil, "2025-04-07"), row("2", "10", nil, "2025-04-08"), row("1", "10", "", "2025-04-08"),
            row("1", "10", "10", "2025-04-08"), row("1", "10", "9", "2025-04-08"), row("10", "9", "1", "2025-04-08"),
            row("9", "9", "1", "2025-04-08"), row("Z", "9", "1", "2025-04-08"), row("a", "9", "1", "2025-04-08"),
            row("é", "9", "1", "2025-04-08"),
        ]
        let records = try #require(CSVReader.records(AttendanceCSV.file(ordered.reversed(), lastColumn: .sisID)))
        #expect(
            records.dropFirst().map { Array($0[0...3]) }
                == ordered.map {
                    [$0.studentSISID, $0.schoolSISID, $0.sectionSISID ?? "", "\($0.day)"]
                })
    }

    @Test func rowsForOneKeyHaveOneKey() {
        var later = Self.row(excuse: "E", record: "r")
        later.status = .present
        #expect(later.key == Self.row().key)
        #expect(Set([Self.row(), later].map(\.key)).count == 1)
        #expect(Self.row(section: nil).key != Self.row(section: "").key)
    }

    /// Whatever the ids are made of, a reader gets them back, and the order of the rows doesn't show.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func isReadBackAsItWas(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pieces = ["a", "7", ",", "\"", "\r", "\n", "\r\n", " ", "\t", "é", "e\u{301}", "😀", ";", "'", "\u{0}", "0"]
        func text() -> String {
            (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
        }
        func optional() -> String? { Bool.random(using: &random) ? text() : nil }
        let rows = (0..<Int.random(in: 0...30, using: &random)).map { _ in
            AttendanceRow(
                studentSISID: text(), schoolSISID: text(), sectionSISID: optional(),
                day: Self.day + Int.random(in: -1...1, using: &random),
                status: CleverStatus.allCases.randomElement(using: &random)!, excuseCode: optional(),
                recordSISID: optional())
        }
        let bytes = AttendanceCSV.file(rows, lastColumn: .attendanceID)
        #expect(AttendanceCSV.file(rows.shuffled(using: &random), lastColumn: .attendanceID) == bytes)

        let records = try #require(CSVReader.records(bytes))
        let expected = rows.map { row in
            [
                row.studentSISID, row.schoolSISID, row.sectionSISID ?? "", "\(row.day)",
                row.sectionSISID == nil ? "daily" : "section", "\(row.status)", row.excuseCode ?? "",
                row.recordSISID ?? "",
            ].map { Array($0.utf8) }
        }
        let read = records.dropFirst().map { $0.map { Array($0.utf8) } }
        func sorted(_ table: [[[UInt8]]]) -> [String] { table.map { "\($0)" }.sorted() }
        #expect(sorted(read) == sorted(expected))
    }
}
