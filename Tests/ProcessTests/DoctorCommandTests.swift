import Foundation
import Testing

@testable import Sandbox

/// `doctor`: what it finds wrong, what it says to do, and that it changes nothing.
@Suite struct DoctorCommandTests {
    /// One check of the JSON document.
    struct Found: Decodable {
        var check: String
        var result: String
        var found: String
        var details: [String]
        var repair: String?
    }

    struct Document: Decodable {
        struct District: Decodable {
            var district: String
            var checks: [Found]
        }

        var version: Int
        var result: String
        var service: [Found]
        var districts: [District]

        subscript(check: String) -> Found? { (service + districts.flatMap(\.checks)).first { $0.check == check } }

        /// Names of the checks that came out so.
        func names(_ result: String) -> [String] {
            (service + districts.flatMap(\.checks)).filter { $0.result == result }.map(\.check)
        }
    }

    private func doctor(_ place: Installation, status: Int32) async throws -> Document {
        let ended = try await place.run("doctor", "--json")
        #expect(ended.status == status, "\(ended.output)\(ended.log)")
        for secret in [
            place.sandbox.settings.cleverToken, place.sandbox.settings.consumerKey,
            place.sandbox.settings.consumerSecret,
        ] { #expect(!(ended.output + ended.log).contains(secret)) }
        return try JSONDecoder().decode(Document.self, from: Data(ended.output.utf8))
    }

    @Test(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server"))
    func allIsWellBeforeAndAfterTheFirstCycle() async throws {
        let circle = try await Circle.make()
        let place = circle.place
        let before = try await doctor(place, status: 0)
        #expect(before.version == 1)
        #expect(before.names("failed") == [] && before.names("warning") == [])
        #expect(before["state"]?.result == "skipped")
        #expect(
            before["matched students"]?.details.contains { $0.hasPrefix("sis_id=school_uid matches 10 of 10") } == true)
        // Looking made nothing.
        #expect(!FileManager.default.fileExists(atPath: place.stateFolder.path))
        #expect(circle.names == [])

        try circle.teach(place.pairs[0], 3)
        #expect(try await place.run("once", "--upload").status == 0)
        place.sandbox.clearRequests()
        let file = circle.fileNumber
        let after = try await doctor(place, status: 0)
        #expect(after.result == "ok", "\(after.names("failed")) \(after.names("warning"))")
        for check in [
            "Clever attendance", "Schoology attendance", "Schoology multiget", "SFTP round trip", "state",
            "audit trail",
            "clock", "matched sections", "last good cycle",
        ] { #expect(after[check]?.result == "ok", "\(check): \(String(describing: after[check]))") }
        // It only asked, and not much.
        #expect(place.sandbox.requests.allSatisfy { $0.method == "GET" || $0.target == "/v1/multiget" })
        #expect(place.sandbox.requests.count == 10)
        #expect(circle.fileNumber == file)
        #expect(circle.names == ["attendance.csv"])
        #expect(try await place.run("doctor").output.hasSuffix("All is well: 27 checks.\n"))
    }

    @Test func worksBesideTheDaemonAndSaysSo() async throws {
        let place = try await Installation.make()
        let daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        let found = try await doctor(place, status: 0)
        #expect(found["service"]?.found == "running: a process holds the state")
        #expect(daemon.isRunning)
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        #expect(try await doctor(place, status: 0)["service"]?.found == "not running: no process holds the state")
        // Its signatures did not get in the way of the engine's.
        #expect(try await place.run("once").status == 0)
    }

    @Test func aRevokedCleverTokenIsToldFromAMissingPermission() async throws {
        let place = try await Installation.make()
        place.sandbox.setCleverTokenRevoked(true)
        let revoked = try await doctor(place, status: 78)
        #expect(revoked.names("failed") == ["Clever token"])
        #expect(revoked["Clever token"]?.found.contains("refused (401") == true)
        #expect(revoked["Clever token"]?.repair?.contains("into \(place.folder.path)/token ") == true)
        #expect(revoked["Clever students"]?.result == "skipped")
        place.sandbox.setCleverTokenRevoked(false)

        place.sandbox.add(Fault(.status(403), side: .clever, path: "/v3.1/attendance/*"))
        place.sandbox.add(Fault(.status(403), side: .clever, path: "/v3.1/users*"))
        let partly = try await doctor(place, status: 78)
        #expect(partly.names("failed") == ["Clever students", "Clever attendance"])
        #expect(partly["Clever token"]?.result == "ok")
        #expect(partly["Clever students"]?.found.hasPrefix("the token may not read students (403") == true)
    }

    @Test func aRevokedSchoologyKeyIsToldFromAMissingPermission() async throws {
        let place = try await Installation.make()
        place.sandbox.setSchoologyKeyRevoked(true)
        let revoked = try await doctor(place, status: 78)
        #expect(revoked.names("failed") == ["Schoology sections", "Schoology users"])
        #expect(revoked["Schoology users"]?.found.contains("key or its secret is refused (401") == true)
        place.sandbox.setSchoologyKeyRevoked(false)

        // As Schoology answers a person's key that reads other users' data, and one without a permission.
        place.sandbox.add(Fault(.status(401), side: .schoology, path: "/v1/users*"))
        place.sandbox.add(Fault(.status(403), side: .schoology, method: "GET", path: "/v1/sections/*/attendance"))
        let partly = try await doctor(place, status: 78)
        #expect(partly.names("failed") == ["Schoology users", "Schoology attendance"])
        #expect(partly["Schoology users"]?.found.hasPrefix("the key works, but may not search users (401") == true)
        #expect(partly["Schoology attendance"]?.found.contains("may not read attendance (403") == true)
        #expect(partly["Schoology enrollments"]?.result == "ok")
    }

    @Test(arguments: [(45, 0, "warning"), (-400, 78, "failed")] as [(Int, Int32, String)])
    func aClockThatIsOffIsMeasured(seconds: Int, status: Int32, result: String) async throws {
        let place = try await Installation.make()
        place.sandbox.add(Fault(.clockSkew(seconds: seconds)))
        let clock = try #require(try await doctor(place, status: status)["clock"])
        #expect(clock.result == result)
        let direction = seconds > 0 ? "behind" : "ahead of"
        let size = abs(seconds) < 120 ? "4[3-7] s" : "6 min"
        #expect(clock.found.contains(try Regex("\(size) \(direction) Clever's")), "\(clock.found)")
        #expect(clock.repair?.contains("timedatectl") == true)
    }

    @Test func aSideThatIsDownIs69() async throws {
        let place = try await Installation.make()
        let closed = try ClosedPort()
        defer { closed.release() }
        let text = try String(contentsOf: place.configuration, encoding: .utf8)
        try text.replacing(place.sandbox.schoologyURL, with: "http://127.0.0.1:\(closed.number)")
            .write(to: place.configuration, atomically: true, encoding: .utf8)
        let found = try await doctor(place, status: 69)
        #expect(found.names("failed") == ["Schoology connection"])
        #expect(found["Clever attendance"]?.result == "ok")
    }

    @Test(
        .enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server"), arguments: Obstacle.possible)
    func whatIsInTheWayOfTheFileIsNamed(obstacle: Obstacle) async throws {
        let circle = try await Circle.make(capacity: obstacle == .fullDisk ? Obstacle.capacity : nil)
        let closed = try ClosedPort()
        defer { closed.release() }
        try obstacle.put(before: circle, closed: closed)
        let found = try await doctor(circle.place, status: obstacle.exitStatus)
        #expect(found.names("failed") == ["SFTP round trip"])
        let words =
            switch obstacle {
            case .wrongPassword: "refused the login"
            case .unknownHostKey: "doesn't have the key"
            case .changedHostKey: "is not the one in the known-hosts file"
            case .fullDisk: "may be full"
            case .readOnlyFolder: "doesn't let this user write"
            case .nothingListens: "no connection"
            }
        #expect(
            found["SFTP round trip"]?.found.contains(words) == true, "\(String(describing: found["SFTP round trip"]))")
        #expect(found["SFTP round trip"]?.repair?.contains("HOST") == false)
        try obstacle.takeAway(from: circle)
        #expect(try await doctor(circle.place, status: 0)["SFTP round trip"]?.result == "ok")
        #expect(circle.names == [])
    }

    @Test func theRuleThatWouldMatchIsNamed() async throws {
        let place = try await Installation.make(options: .matchingNobody)
        // Before a cycle by a sample, after it by the whole roster.
        for isFirst in [true, false] {
            let found = try await doctor(place, status: 78)
            #expect(found.names("failed") == ["matched students"])
            #expect(
                found["matched students"]?.repair?.hasPrefix("most likely `students = [\"sis_id=school_uid\"]`") == true
            )
            #expect(found["matched sections"]?.result == "ok")
            let total = isFirst ? 10 : 16
            #expect(
                found["matched students"]?.details.first == "sis_id=school_uid matches \(total) of \(total)")
            if isFirst { _ = try await place.run("once") }
        }
    }

    @Test func idsThatDifferInWritingAreHintedAt() async throws {
        let place = try await Installation.make()
        let people = Dictionary(grouping: place.sandbox.pairs(), by: \.cleverStudent)
        for pairs in people.values {
            let sis = place.sandbox.core.withWorld { world in
                world.district.students[world.district.index(.student, pairs[0].cleverStudent)!].sisID
            }
            try place.sandbox.setSchoolUID(
                "00\(sis.lowercased())".replacing("00s", with: "s"), enrollment: pairs[0].enrollment)
        }
        let found = try #require(try await doctor(place, status: 78)["matched students"])
        #expect(
            found.details.first == "sis_id=school_uid matches 0 of 10, 10 more if letter case didn't count (configured)"
        )
        #expect(found.repair?.contains("differ in letter case") == true)
    }

    @Test func aSecretThatOthersCanReadIsTheConfigurationsFault() async throws {
        let place = try await Installation.make()
        chmod(place.folder.appendingPathComponent("token").path, 0o644)
        let found = try await doctor(place, status: 78)
        #expect(found.names("failed") == ["configuration"])
        #expect(found["configuration"]?.found.contains("can be read by others (mode 0644)") == true)
        #expect(found["configuration"]?.repair?.hasPrefix("chmod 600 ") == true)
        #expect(found["Clever"]?.result == "skipped")
        #expect(place.sandbox.requests.isEmpty)
    }

    @Test func aStateThatOthersCanReadOrThatIsDamagedIsSeen() async throws {
        let place = try await Installation.make()
        #expect(try await place.run("once").status == 0)
        chmod(place.stateFile.path, 0o640)
        let open = try await doctor(place, status: 78)
        #expect(open.names("failed") == ["state folder"])
        #expect(open["state folder"]?.repair == "chmod 600 \(place.stateFile.path)")
        chmod(place.stateFile.path, 0o600)

        let file = try FileHandle(forWritingTo: place.stateFile)
        try file.seek(toOffset: 8192)
        try file.write(contentsOf: Data(repeating: 0xAB, count: 16_384))
        try file.close()
        let damaged = try await doctor(place, status: 78)
        #expect(damaged.names("failed").contains("state"))
        #expect(damaged["state"]?.repair?.contains("backup") == true)
    }
}
