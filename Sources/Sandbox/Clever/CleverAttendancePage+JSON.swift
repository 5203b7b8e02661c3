extension CleverAttendancePage {
    /// How the `links` of a page are written.
    enum Links: Sendable {
        case complete
        /// The member is left out, as the swagger's `x-omitempty` allows.
        case absent
        /// `next` leads to this page once more.
        case repeating
    }

    /// The body of `AttendanceResponse`: flat records, unlike the Data API's.
    func json(for request: WireRequest, query: CleverAttendanceQuery, district: District, links: Links) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * 420 + 1024)
        bytes.append(contentsOf: "{\"data\":[".utf8)
        let district24 = district.text(.district, 0)
        let school = district.text(.school, Int(query.school))
        var dayText = ""
        var day: CalendarDay?
        var seenText = ""
        var seen: Instant?
        var isFirst = true
        for record in records {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            if day != record.place.day {
                day = record.place.day
                dayText = record.place.day.description
            }
            if seen != record.mark.created {
                seen = record.mark.created
                seenText = record.mark.created.description
            }
            Self.append("{\"attendance_date\":\"", dayText, to: &bytes)
            Self.append("\",\"attendance_status\":\"", escaped: record.mark.status, to: &bytes)
            Self.append("\",\"attendance_type\":\"", record.place.section < 0 ? "daily" : "section", to: &bytes)
            Self.append("\",\"created\":\"", seenText, to: &bytes)
            Self.append("\",\"district_id\":\"", district24, to: &bytes)
            if let code = record.mark.excuseCode { Self.append("\",\"excuse_code\":\"", escaped: code, to: &bytes) }
            let isUnchanged = record.mark.lastModified == record.mark.created
            Self.append(
                "\",\"last_modified\":\"", isUnchanged ? seenText : record.mark.lastModified.description, to: &bytes)
            Self.append("\",\"school_id\":\"", school, to: &bytes)
            if record.place.section >= 0 {
                Self.append("\",\"section_id\":\"", "", to: &bytes)
                CleverID(.section, Int(record.place.section)).append(to: &bytes, salt: district.salt)
            }
            if let sisID = record.mark.sisID { Self.append("\",\"sis_id\":\"", escaped: sisID, to: &bytes) }
            Self.append("\",\"student_id\":\"", "", to: &bytes)
            CleverID(.student, Int(record.place.student)).append(to: &bytes, salt: district.salt)
            bytes.append(contentsOf: "\"}".utf8)
        }
        bytes.append(UInt8(ascii: "]"))
        appendLinks(links, request: request, query: query, district: district, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// Values are the sandbox's own ids and dates, in which nothing needs an escape.
    private static func append(_ name: StaticString, _ value: String, to bytes: inout [UInt8]) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        var value = value
        value.withUTF8 { bytes.append(contentsOf: $0) }
    }

    /// Values that came from outside, in `attendance.csv` or through the control endpoint.
    private static func append(_ name: StaticString, escaped value: String, to bytes: inout [UInt8]) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        JSONWriter.append(escaped: value, to: &bytes)
    }

    private func appendLinks(
        _ links: Links, request: WireRequest, query: CleverAttendanceQuery, district: District, to bytes: inout [UInt8]
    ) {
        if case .absent = links { return }
        // The order of the documented example.
        var kept = ""
        for name in ["date_range_start", "date_range_end", "attendance_status"] {
            if let value = request.parameter(name) { kept += "\(name)=\(PercentEncoding.encode(value))&" }
        }
        kept += "limit=\(query.limit)"
        let prefix = "\(request.path)?\(kept)"
        var list: [(String, String)] = [("self", request.target)]
        if case .repeating = links {
            list.append(("next", request.target))
        } else if hasNext, let last = records.last {
            list.append(("next", "\(prefix)&starting_after=\(last.place.text(in: district))"))
        }
        if hasPrevious, let first = records.first {
            list.append(("prev", "\(prefix)&ending_before=\(first.place.text(in: district))"))
        }
        bytes.append(contentsOf: ",\"links\":[".utf8)
        for (position, (rel, uri)) in list.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: "{\"rel\":\"\(rel)\",\"uri\":\"\(uri)\"}".utf8)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
