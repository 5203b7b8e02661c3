import AttendanceCore
import Testing

@testable import SyncEngine

/// The order in which sections are visited, and when one comes back.
@Suite struct PushQueueTests {
    private func section(_ next: PushQueue.Next) -> Int64? {
        if case .entry(let entry) = next { entry.section } else { nil }
    }

    @Test func aFloodOfTriggersForOneSectionIsOneVisit() {
        var queue = PushQueue()
        let soon = Timestamp(seconds: 1)
        for section in [7, 7, 8, 7] as [Int64] {
            queue.soon(PushQueue.Entry(section: section, batchSize: 50), at: soon)
        }
        #expect(queue.next(now: Timestamp(seconds: 0)) == .wait(until: soon))
        #expect([section(queue.next(now: soon)), section(queue.next(now: soon))] == [7, 8])
        #expect(queue.next(now: soon) == .empty)
    }

    @Test func whatIsDueAgainGoesBeforeWhatHasNotBegun() {
        var queue = PushQueue(sections: [1, 2], batchSize: 50)
        #expect(section(queue.next(now: Timestamp(seconds: 0))) == 1)
        queue.again(PushQueue.Entry(section: 1, batchSize: 25), at: Timestamp(seconds: 5))
        #expect(section(queue.next(now: Timestamp(seconds: 5))) == 1)
        #expect(section(queue.next(now: Timestamp(seconds: 5))) == 2)
    }
}
