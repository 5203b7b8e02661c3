import Foundation
import Sandbox
import Testing

/// `kill -9` at every request of a mixed cycle: started again, the program comes to the same end.
@Suite struct KillTests {
    @Test(arguments: [true, false]) func aKillAtEveryRequestLosesNothing(isApplied: Bool) async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        var request = 0
        while true {
            request += 1
            try change(place, round: request)
            let fault = place.sandbox.add(
                Fault(.hang(seconds: 3600), skip: request - 1, count: 1, isApplied: isApplied))
            let program = try place.start("once")
            try await eventually("request \(request) hangs, or there is none") {
                place.sandbox.strikes(ofFault: fault) == 1 || !program.isRunning
            }
            let wasStruck = place.sandbox.strikes(ofFault: fault) == 1
            program.signal(SIGKILL)
            _ = try await program.end()
            place.sandbox.removeFault(fault)
            guard wasStruck else { break }

            let after = try await place.run("once")
            #expect(after.status == 0, "request \(request): \(after.log)")
            #expect(place.differences == [], "request \(request)")
            place.sandbox.clearRequests()
            #expect(try await place.run("once").status == 0)
            #expect(
                place.sandbox.requests.filter { $0.side == .clever }.map(\.target) == ["/v3.1/districts"],
                "request \(request)")
            #expect(place.sandbox.requests.allSatisfy { $0.method == "GET" }, "request \(request)")
        }
        #expect(request > 8)
        #expect(place.differences == [])
    }

    @Test func aKillAtEveryRequestOfTheFirstCycleLosesNothing() async throws {
        for request in stride(from: 1, to: 40, by: 2) {
            let place = try await Installation.make()
            let fault = place.sandbox.add(
                Fault(.hang(seconds: 3600), skip: request - 1, count: 1, isApplied: request % 4 == 1))
            let program = try place.start("once")
            try await eventually("request \(request) hangs, or there is none") {
                place.sandbox.strikes(ofFault: fault) == 1 || !program.isRunning
            }
            program.signal(SIGKILL)
            _ = try await program.end()
            let isOver = place.sandbox.strikes(ofFault: fault) == 0
            place.sandbox.removeFault(fault)
            #expect(try await place.run("once").status == 0)
            #expect(place.differences == [], "request \(request)")
            if isOver { return }
        }
    }

    /// Corrections of today and yesterday, a mark taken back, and a mark that a teacher set already.
    private func change(_ place: Installation, round: Int) throws {
        let pairs = place.pairs
        let statuses = ["absent", "tardy", "present"]
        try place.mark(pairs[0], statuses[round % 3])
        try place.mark(pairs[4], statuses[(round + 1) % 3], daysAgo: 1)
        try place.mark(pairs[9], statuses[(round + 2) % 3], code: round % 2 == 0 ? "E" : nil)
        let agreed = [2, 3, 1][round % 3]
        try place.sandbox.setSchoologyMark(
            enrollment: pairs[6].enrollment, date: place.today, status: agreed, comment: "taken in class")
        try place.mark(pairs[6], statuses[round % 3])
    }
}
