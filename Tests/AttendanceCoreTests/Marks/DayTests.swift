import AttendanceCore
import Testing

@Suite struct DayTests {
    @Test func countsEveryDateOfFourCenturiesInOrder() throws {
        var number = try #require(Day(year: 1900, month: 1, day: 1)).number
        for year in 1900...2200 {
            let isLeap = (year.isMultiple(of: 4) && !year.isMultiple(of: 100)) || year.isMultiple(of: 400)
            for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for date in 1...length {
                    let day = try #require(Day(year: year, month: index + 1, day: date))
                    guard day.number == number, day.civil == (year, index + 1, date), Day(day.description) == day else {
                        Issue.record("\(year)-\(index + 1)-\(date) became \(day.number) and \(day)")
                        return
                    }
                    number += 1
                }
                #expect(Day(year: year, month: index + 1, day: length + 1) == nil)
            }
        }
    }

    @Test func beginsToCountWithTheEpoch() {
        #expect(Day("1970-01-01")?.number == 0)
        #expect(Day("1969-12-31")?.number == -1)
        #expect(Day("2000-03-01")?.number == 11_017)
        #expect(Day("2025-04-08")?.number == 20_186)
    }

    @Test(arguments: ["2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])
    func printsWhatItReads(text: String) {
        #expect(Day(text)?.description == text)
    }

    @Test(arguments: [
        "", "2025", "2025-4-8", "2025-04-8", "25-04-08", "2025/04/08", "2025-04-08 ", " 2025-04-08", "2025-04-08T00:00",
        "2025-00-10", "2025-13-10", "2025-04-00", "2025-04-31", "2025-02-29", "1900-02-29", "2100-02-29", "0000-01-01",
        "20250408", "-025-04-08", "+025-04-08", "2025-04-0x", "2025--4-08", "٢٠٢٥-٠٤-٠٨", "2025-04-08\0", "202504--08",
    ])
    func refusesWhatIsNoDate(text: String) {
        #expect(Day(text) == nil)
    }

    @Test func readsASubstring() {
        #expect(Day("2025-04-08T12:00:00Z".prefix(10))?.description == "2025-04-08")
    }

    @Test func movesByDaysAcrossMonthsAndYears() throws {
        let day = try #require(Day("2024-02-28"))
        #expect((day + 1).description == "2024-02-29")
        #expect((day + 2).description == "2024-03-01")
        #expect((day - 59).description == "2023-12-31")
        #expect(day - 1 < day)
        #expect(day < day + 1)
    }
}
