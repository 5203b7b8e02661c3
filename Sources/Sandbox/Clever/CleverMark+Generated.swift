/// The marks that a district has before anyone touches it: a function of seed, student, section and day, so
/// that ten million of them need no memory.
extension CleverMark {
    /// The mark of a student in a section (-1: for the day) on a day.
    ///
    /// About 92 % are present. Some students miss a whole day, with one code; others only a period.
    static func generated(seed: UInt64, student: Int32, section: Int32, day: CalendarDay, seen: Instant) -> CleverMark {
        let dayWord = UInt64(UInt32(bitPattern: student)) << 32 | UInt64(UInt32(bitPattern: day.epochDay))
        let dayHash = SplitMix64.mix(seed &* 0x9E37_79B9_7F4A_7C15 ^ dayWord)
        let recordHash = SplitMix64.mix(dayHash ^ UInt64(UInt32(bitPattern: section)) << 17 &+ 0xA77E)
        let place = CleverPlace(student: student, section: section, day: day)
        var mark = CleverMark(
            status: "present", excuseCode: nil, created: seen, lastModified: seen,
            // "SIS-provided ID for the attendance object, if available": one of eight has none.
            sisID: recordHash >> 61 == 0 ? nil : GeneratedRecordID.text(of: place, seed: seed))
        if dayHash % 1000 < 45 {
            mark.status = "absent"
            mark.excuseCode = absenceCode(dayHash >> 32)
        } else if recordHash % 1000 < 15 {
            mark.status = "absent"
            mark.excuseCode = absenceCode(recordHash >> 32)
        } else if recordHash % 1000 < 37 {
            mark.status = "tardy"
            mark.excuseCode = recordHash >> 32 & 3 == 0 ? "BUS" : nil
        } else if recordHash % 1000 < 40 {
            mark.excuseCode = "ACT"
        }
        return mark
    }

    /// A third without a code, the rest the district's usual ones and two that nobody configured.
    private static func absenceCode(_ hash: UInt64) -> String? {
        switch hash % 20 {
        case 0..<7: nil
        case 7..<13: "E"
        case 13..<17: "MED"
        case 17..<19: "TRIP"
        default: "X9"
        }
    }
}
