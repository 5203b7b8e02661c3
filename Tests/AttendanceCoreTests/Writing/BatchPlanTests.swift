import SeededRandom
import AttendanceCore
import Testing

@Suite struct BatchPlanTests {
    private static let today = Day(number: 20_000)

    @Test(arguments: [1, 2, 3, 7, 50])
    func cutsIntoTheFewestRequestsAndKeepsTheOrder(size: Int) {
        for count in 0...(3 * size + 1) {
            let items = Array(0..<count)
            let requests = BatchPlan.requests(items, size: size)
            #expect(requests.count == (count + size - 1) / size)
            #expect(requests.allSatisfy { (1...size).contains($0.count) })
            #expect(requests.flatMap { $0 } == items)
        }
    }

    @Test func aSizeThatIsNoneStillMakesProgress() {
        #expect(BatchPlan.requests([1, 2], size: 0) == [[1], [2]])
    }

    @Test func todaysMarksGoFirst() {
        #expect(order([(1, [-1]), (2, [0]), (3, [-2])]) == [2, 1, 3])
        // Even where a date to come is newer.
        #expect(order([(1, [1]), (2, [0])]) == [2, 1])
        #expect(order([(1, [-1, -2]), (2, [-5, 0])]) == [2, 1])
    }

    @Test func thenTheNewestDates() {
        #expect(order([(1, [-3, -3, -3]), (2, [-2]), (3, [-9, -1])]) == [3, 2, 1])
    }

    @Test func ofEqualDatesTheSectionWithMoreWrites() {
        #expect(order([(1, [0]), (2, [0, -5]), (3, [0, 0, 0])]) == [3, 2, 1])
        #expect(order([(5, [-1]), (4, [-1])]) == [4, 5])
    }

    @Test func theOrderDoesNotDependOnTheQuestion() {
        var random = SeededGenerator(seed: 21)
        var sections = (0..<30).map { id in
            PendingSection(
                section: Int64(id),
                days: (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    Self.today - Int.random(in: 0...3, using: &random)
                })
        }
        let expected = BatchPlan.order(sections, today: Self.today)
        for _ in 0..<50 {
            sections.shuffle(using: &random)
            #expect(BatchPlan.order(sections, today: Self.today) == expected)
        }
        #expect(expected.last?.days.isEmpty == true)
    }

    private func order(_ sections: [(Int64, [Int])]) -> [Int64] {
        BatchPlan.order(
            sections.map { PendingSection(section: $0.0, days: $0.1.map { Self.today + $0 }) }, today: Self.today
        ).map(\.section)
    }
}
