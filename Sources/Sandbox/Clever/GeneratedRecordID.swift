/// The `sis_id` of a generated record. Like the district's other ids it is made from what it names, so that ten
/// million of them are found again without a table.
enum GeneratedRecordID {
    private static let indexBits: UInt64 = 22
    private static let indexMask: UInt64 = (1 << indexBits) - 1
    /// Keeps days before 1970 positive.
    private static let dayBias: Int32 = 1 << 19

    static func text(of place: CleverPlace, seed: UInt64) -> String {
        let packed =
            UInt64(truncatingIfNeeded: place.day.epochDay + dayBias) << (2 * indexBits)
            | UInt64(truncatingIfNeeded: place.section + 1) << indexBits | UInt64(truncatingIfNeeded: place.student)
        return "a\(String(packed ^ mask(seed), radix: 36))"
    }

    /// The place that `text` would name, whether or not there is a record.
    static func place(of text: String, seed: UInt64) -> CleverPlace? {
        guard text.first == "a", let masked = UInt64(text.dropFirst(), radix: 36) else { return nil }
        let packed = masked ^ mask(seed)
        let place = CleverPlace(
            student: Int32(packed & indexMask), section: Int32(packed >> indexBits & indexMask) - 1,
            day: CalendarDay(epochDay: Int32(packed >> (2 * indexBits)) - dayBias))
        return Self.text(of: place, seed: seed) == text ? place : nil
    }

    /// Makes the ids of two seeds differ, and none look like a number to count on.
    private static func mask(_ seed: UInt64) -> UInt64 {
        SplitMix64.mix(seed ^ 0x5151_D000)
    }
}
