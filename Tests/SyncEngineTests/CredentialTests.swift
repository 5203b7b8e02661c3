import Sandbox
import SyncEngine
import Testing

/// 401: a credential that is refused is said once and heals by itself; a refused timestamp is no bad credential.
@Suite struct CredentialTests {
    @Test(arguments: [SandboxSide.clever, .schoology], [true, false])
    func aRefusedCredentialIsSaidOnceAndHeals(side: SandboxSide, restarts: Bool) async throws {
        let town = try await Town.start()
        func revoke(_ isRevoked: Bool) {
            switch side {
            case .clever: town.sandbox.setCleverTokenRevoked(isRevoked)
            case .schoology: town.sandbox.setSchoologyKeyRevoked(isRevoked)
            }
        }
        try await town.cycle()
        revoke(true)
        // Of several sections one tells.
        for pair in town.secondary { try town.mark(pair, "absent", code: "E") }
        var engine: DistrictEngine?
        for cycle in 0..<3 {
            town.time.advance(.minutes(5))
            if restarts { engine = nil }
            if engine == nil { engine = try town.open() }
            town.sandbox.clearRequests()
            #expect(await engine?.runCycle(.scheduled).outcome == .failed)
            // What was in flight when the first was refused; later one request tells that nothing has changed.
            let asked = town.sandbox.requests.count { $0.side.rawValue == side.rawValue }
            #expect(cycle == 0 ? (1...4).contains(asked) : asked == 1)
            #expect(town.puts.isEmpty)
        }
        #expect(town.events.all(.authFailed).map { $0["side"] } == [side.rawValue])
        #expect(town.events.all(.authFailed).first?["repair"]?.isEmpty == false)
        revoke(false)
        town.time.advance(.minutes(5))
        #expect(await engine?.runCycle(.scheduled).outcome == .done)
        #expect(town.events.all(.authRecovered).map { $0["side"] } == [side.rawValue])
        #expect(town.rows == town.wanted)
    }

    @Test func aServerWhoseClockIsAheadIsFollowed() async throws {
        let town = try await Town.start()
        town.sandbox.setClockSkew(seconds: 900, of: .schoology)
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
        #expect(town.events.all(.authFailed).isEmpty)
    }

    @Test(arguments: [
        "Duplicate timestamp/nonce combination, possible replay attack.", "Timestamp is out of sequence.",
    ])
    func aRefusedTimestampIsSignedAgain(message: String) async throws {
        let town = try await Town.start()
        town.sandbox.add(Fault(.status(401, body: message), side: .schoology, method: "PUT", count: 2))
        town.sandbox.add(Fault(.status(401, body: message), side: .schoology, method: "GET", count: 2))
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
        #expect(town.sandbox.schoologyMarks(includingPresent: true).allSatisfy { $0.writes == 1 })
        #expect(town.events.all(.authFailed).isEmpty)
        #expect(town.events.all(.pushUnknown).isEmpty)
    }

    @Test func aTimestampThatIsRefusedForGoodIsNoBadCredential() async throws {
        let town = try await Town.start()
        town.sandbox.add(Fault(.status(401, body: "Expired timestamp"), side: .schoology))
        #expect(try await town.cycle().outcome == .failed)
        #expect(town.events.all(.authFailed).isEmpty)
        // Sent, and signed and sent again three times.
        #expect(town.sandbox.requests.count { $0.side == .schoology } == 4)
        town.sandbox.removeAllFaults()
        #expect(try await town.cycle().outcome == .done)
        #expect(town.rows == town.wanted)
    }
}
