import SeededRandom
import Foundation
import Sandbox
import Testing

/// `kill -9` in a cycle that has everything to do: a scan of Clever, writes to Schoology, teachers' edits, an upload, an
/// echo, a conflict that is held. Started again, the program comes to the end of the twin that nobody killed.
@Suite(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server")) struct MixedKillTests {
    /// Whether a GET has had its effect makes no difference; whether a PUT has does.
    @Test(arguments: [(method: nil, isApplied: false), (method: "PUT", isApplied: true)])
    func aKillAtEveryRequestComesToTheSameEnd(method: String?, isApplied: Bool) async throws {
        let twins = try await Twins.make()
        try await twins.begin()
        let place = twins.tried.place
        var round = 0
        while true {
            try twins.change(round: round)
            #expect(try await twins.calm.place.run("once", "--upload").status == 0)
            let fault = place.sandbox.add(
                Fault(.hang(seconds: 3600), method: method, skip: round, count: 1, isApplied: isApplied))
            let program = try place.start("once", "--upload")
            try await eventually("request \(round + 1) hangs, or there is none") {
                place.sandbox.strikes(ofFault: fault) == 1 || !program.isRunning
            }
            let wasStruck = place.sandbox.strikes(ofFault: fault) == 1
            program.signal(SIGKILL)
            _ = try await program.end()
            place.sandbox.removeFault(fault)
            let after = try await place.run("once", "--upload")
            #expect(after.status == 0, "request \(round + 1): \(after.log)")
            twins.expectSameMarks("request \(round + 1)")
            guard wasStruck else { break }
            round += 1
        }
        #expect(round > (method == nil ? 8 : 1))
        try await twins.expectSameEnd("after \(round) kills")
    }

    /// ATTENDANCE_SYNC_KILLS: how many (36); ATTENDANCE_SYNC_SEED: drawn from it (1).
    ///
    /// - Parameter isDaemon: it is the service that is killed, which goes on by itself, and not a single cycle.
    @Test(arguments: [false, true]) func aKillAtAnyInstantComesToTheSameEnd(isDaemon: Bool) async throws {
        let environment = ProcessInfo.processInfo.environment
        let seed = environment["ATTENDANCE_SYNC_SEED"].flatMap { UInt64($0) } ?? 1
        let wanted = environment["ATTENDANCE_SYNC_KILLS"].flatMap { Int($0) } ?? 36
        var random = SeededGenerator(seed: seed)
        let clock = ContinuousClock()
        let twins = try await Twins.make()
        try await twins.begin()
        var kills = 0
        var finished = 0
        for round in 0..<(wanted + 2) / 3 {
            try twins.change(round: round)
            let began = clock.now
            #expect(try await twins.calm.place.run("once", "--upload").status == 0)
            let whole = Int((clock.now - began) / .milliseconds(1))
            // Started again and killed again: what is left of the cycle is killed too.
            for _ in 0..<3 {
                let place = twins.tried.place
                let program = isDaemon ? try place.start("run") : try place.start("once", "--upload")
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...whole, using: &random)))
                if program.isRunning { kills += 1 } else { finished += 1 }
                program.signal(SIGKILL)
                _ = try await program.end()
            }
            let after = try await twins.tried.place.run("once", "--upload")
            #expect(after.status == 0, "seed \(seed), round \(round): \(after.log)")
            twins.expectSameMarks("seed \(seed), round \(round)")
        }
        #expect(kills > finished)
        try await twins.expectSameEnd("seed \(seed), after \(kills) kills")
    }
}
