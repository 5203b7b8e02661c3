/// Writes `attendance.csv` as Clever's attendance page describes it, in the CSV of RFC 4180: UTF-8 without a byte order
/// mark, CRLF after every line, the header always there.
///
/// The same rows give the same bytes in whatever order they come: by date, school, section (daily rows first) and
/// student, ids in the order of their bytes.
public enum AttendanceCSV {
    public static func file(_ rows: [AttendanceRow], lastColumn: SFTPSettings.LastColumn) -> [UInt8] {
        var bytes = Array(header.utf8)
        bytes.append(contentsOf: lastColumn.rawValue.utf8)
        bytes.append(contentsOf: lineEnd)
        let lines = rows.map { Line(row: $0, bytes: line($0)) }.sorted()
        bytes.reserveCapacity(lines.reduce(bytes.count) { $0 + $1.bytes.count })
        for line in lines { bytes.append(contentsOf: line.bytes) }
        return bytes
    }

    private static let header =
        "Student_id,School_id,Section_id,Attendance_date,Attendance_type,Attendance_status,Excuse_code,"
    private static let lineEnd = "\r\n".utf8

    private static func line(_ row: AttendanceRow) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in [row.studentSISID, row.schoolSISID, row.sectionSISID ?? "", row.day.description] {
            append(field, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        let type = row.sectionSISID == nil ? "daily" : "section"
        for field in [type, row.status.description, row.excuseCode ?? ""] {
            append(field, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        append(row.recordSISID ?? "", to: &bytes)
        bytes.append(contentsOf: lineEnd)
        return bytes
    }

    /// RFC 4180 section 2, rules 5 to 7. Spaces at the ends are quoted too: they are part of the field (rule 4), and
    /// many readers drop those that aren't.
    private static func append(_ field: String, to bytes: inout [UInt8]) {
        let text = field.utf8
        let isSpace = { (byte: UInt8?) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let needsQuotes =
            isSpace(text.first) || isSpace(text.last)
            || text.contains {
                [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\r"), UInt8(ascii: "\n")].contains($0)
            }
        guard needsQuotes else { return bytes.append(contentsOf: text) }
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A row with its text, in the order of the file.
    private struct Line: Comparable {
        var row: AttendanceRow
        var bytes: [UInt8]

        static func == (left: Line, right: Line) -> Bool { left.bytes == right.bytes }

        static func < (left: Line, right: Line) -> Bool {
            let (first, second) = (left.row, right.row)
            if first.day != second.day { return first.day < second.day }
            if let answer = precedes(first.schoolSISID, second.schoolSISID) { return answer }
            switch (first.sectionSISID, second.sectionSISID) {
            case (nil, .some): return true
            case (.some, nil): return false
            case (.some(let one), .some(let other)):
                if let answer = precedes(one, other) { return answer }
            case (nil, nil): break
            }
            if let answer = precedes(first.studentSISID, second.studentSISID) { return answer }
            return left.bytes.lexicographicallyPrecedes(right.bytes)
        }

        /// Nil where both are the same bytes. `String`'s own order and equality are Unicode's, not the bytes'.
        private static func precedes(_ left: String, _ right: String) -> Bool? {
            left.utf8.elementsEqual(right.utf8) ? nil : left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }
}
