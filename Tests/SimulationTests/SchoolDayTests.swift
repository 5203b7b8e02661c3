import AttendanceCore
import Foundation
import Simulation
import Testing

extension SimulationTests {
    /// What the parts of a day ask of both sides: counts that are the same on every machine. How long they take is in
    /// docs/PERFORMANCE.md.
    @Suite struct SchoolDayTests {
        private func day(_ students: Int) throws -> [SchoolDay.Part] {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("day-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            var plan = SchoolDay.Plan()
            plan.students = students
            var parts: [SchoolDay.Part] = []
            try SchoolDay.run(plan, directory: folder.path) { parts.append($0) }
            return parts
        }

        @Test func aDayAsksForNoMoreThanItNeeds() throws {
            let parts = try day(60)
            #expect(parts.count == 6)
            #expect(parts.allSatisfy { $0.requests.refused == 0 }, "a rate limit was provoked")
            let (rosters, first, quiet, corrections) = (parts[0], parts[1], parts[2], parts[3])
            let (periods, newDay) = (parts[4], parts[5])

            // 60 students in 3 pages of a roster, asked for by fifties.
            #expect(rosters.requests.pages == 0 && rosters.requests.reads == 0 && rosters.requests.writes == 0)
            #expect(rosters.requests.cleverRoster <= 4 && rosters.requests.schoologyRoster <= 6)

            // Today goes first, so a section may take a PUT for today and one for the days before.
            #expect(first.arrivals.count > 200)
            #expect(first.requests.writes <= 2 * first.requests.fewestWrites)

            // A question to Clever every five minutes, and each section read back every quarter of an hour.
            #expect((11...13).contains(quiet.requests.polls) && quiet.requests.pages == 0 && quiet.requests.writes == 0)
            #expect(quiet.requests.cleverRoster + quiet.requests.schoologyRoster == 0)

            // Each is a PUT of its own, and is there with the next poll.
            #expect(corrections.requests.writes == 12 && corrections.arrivals.count == 12)
            #expect(try #require(corrections.arrivals.last) < .minutes(5) + .seconds(10))

            #expect(periods.requests.writes == periods.requests.fewestWrites && !periods.arrivals.isEmpty)
            #expect(newDay.requests.writes == newDay.requests.fewestWrites && !newDay.arrivals.isEmpty)
            #expect(newDay.requests.schoologyRoster == 0)
        }
    }
}
