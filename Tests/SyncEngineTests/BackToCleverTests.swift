import AttendanceCore
import Foundation
import SyncEngine
import SyncState
import Synchronization
import Testing
import Transport

@testable import Sandbox

/// A teacher's change goes to Clever as a row of attendance.csv, and stays in the outbox until Clever shows it.
@Suite struct BackToCleverTests {
    @Test(arguments: [(2, "absent"), (3, "tardy"), (4, "absent/E")])
    func aTeachersMarkGoesToCleverAndItsEchoWritesNothing(status: Int, clever: String) async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, status)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        #expect(try town.totals.unconfirmed == 1)
        #expect(town.events.all(.csvUploaded).map { $0["new_rows"] } == ["1"])
        // Never under the name that Clever looks for.
        #expect(town.dropBox.uploads.map(\.temporaryName) == ["attendance.csv.part"])

        // Nothing new: nothing is sent again, and the row goes on waiting.
        let uploads = town.dropBox.uploads.count
        try await town.nextCycle()
        #expect(town.dropBox.uploads.count == uploads)
        #expect(try town.totals.unconfirmed == 1)

        #expect(try town.ingest().changed == 1)
        #expect(try town.cleverSays(pair) == clever)
        town.sandbox.clearRequests()
        let report = try await town.nextCycle()
        #expect(report.counts.confirmed == 1)
        #expect(town.events.all(.csvConfirmed).map { $0["rows"] } == ["1"])
        #expect(try town.totals.outbox == 0)
        #expect(try town.shown(pair) == status)
        #expect(town.puts.isEmpty)
        #expect(town.events.all(.conflictDetected).isEmpty)

        let quiet = try await town.nextCycle()
        #expect(quiet.counts.decided == 0)
        #expect(town.dropBox.uploads.count == uploads)
    }

    @Test func aMarkThatWasThereAndIsGoneMeansPresent() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        #expect(try town.shown(pair) == 2)
        try town.teach(pair, 1)
        try await town.nextCycle()
        try town.ingest()
        #expect(try town.cleverSays(pair) == "present")
        let report = try await town.nextCycle()
        #expect(report.counts.confirmed == 1)
        #expect(try town.shown(pair) == 1)
        #expect(try town.totals.outbox == 0)
        #expect(town.events.all(.conflictDetected).isEmpty)
    }

    @Test(arguments: ["[]", "{}", #"{"date":[]}"#])
    func oneAnswerWithoutMarksErasesNobodysRecord(body: String) async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        let path = "/v1/sections/\(pair.schoologySection)/attendance?"
        let count = Mutex(0)
        let wire = try Wire(
            time: town.time,
            instead: { request in
                guard request.method == .get, request.url.contains(path) else { return nil }
                let isFirst = count.withLock { count in
                    count += 1
                    return count == 1
                }
                return isFirst ? HTTPResponse(status: 200, headers: [], body: Array(body.utf8)) : nil
            })
        town.time.advance(.minutes(5))
        _ = await (try town.open(wire: wire)).runCycle(.once, upload: true)
        #expect(count.withLock { $0 } == 2)
        #expect(town.dropBox.uploads.isEmpty)
        #expect(try town.totals.outbox == 0)
        #expect(try town.shown(pair) == 2)
    }

    @Test func theMarksOfSomebodyWhoLeftTheSectionAreNotTakenForPresent() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        try town.sandbox.setEnrollmentStatus(5, enrollment: pair.enrollment)
        try town.teach(pair, 1)
        try await town.nextCycle()
        #expect(town.dropBox.uploads.isEmpty)
        #expect(try town.cleverSays(pair) == "absent")
    }

    @Test func whoIsEnrolledAnewGetsCleversMarksAgainAndNoneIsTakenForPresent() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        let enrollment = try town.sandbox.enrollAnew(pair.enrollment)
        try await town.nextCycle()
        try await town.nextCycle()
        #expect(town.dropBox.uploads.isEmpty)
        #expect(try town.cleverSays(pair) == "absent")
        #expect(try town.sandbox.schoologyMark(enrollment: enrollment, date: Town.today)?.status == 2)
        #expect(try town.totals.outbox == 0)
    }

    @Test func aTeachersOwnMarkThatWentWithItsEnrollmentIsWrittenAgain() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try town.teach(pair, 3)
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
        let enrollment = try town.sandbox.enrollAnew(pair.enrollment)
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(town.dropBox.uploads.count == 1)
        #expect(try town.sandbox.schoologyMark(enrollment: enrollment, date: Town.today)?.status == 3)
    }

    @Test func theEchoOfSomebodyWhoHasLeftTheSectionIsRecognised() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try town.teach(pair, 3)
        try await town.nextCycle()
        try town.sandbox.setEnrollmentStatus(5, enrollment: pair.enrollment)
        // The roster is read again once a day.
        town.time.advance(.hours(25))
        try await town.nextCycle()
        #expect(try town.totals.unconfirmed == 1)
        try town.ingest()
        let report = try await town.nextCycle()
        #expect(report.counts.confirmed == 1)
        #expect(try town.totals.outbox == 0)
    }

    /// Both in a row that Schoology gives and in one that it doesn't understand itself.
    @Test func aMarkThatCanNotBeReadIsNeitherPresentNorOverwritten() async throws {
        let town = try await Town.bothWays()
        let pairs = town.secondary.filter { $0.schoologySection == town.secondary[0].schoologySection }
        for pair in pairs.prefix(2) { try town.mark(pair, "absent") }
        try await town.nextCycle()
        try town.teach(pairs[2], 3)
        try town.mark(pairs[1], "absent", code: "E")
        let unreadable = Set(pairs.prefix(2).map(\.enrollment))
        let wire = try Wire(
            time: town.time,
            changed: { request, response in
                guard request.method == .get, request.url.contains("/attendance?"),
                    let tree = try? JSONSerialization.jsonObject(with: Data(response.body)),
                    let body = try? JSONSerialization.data(withJSONObject: Self.spoiled(tree, unreadable))
                else { return response }
                return HTTPResponse(status: response.status, headers: response.headers, body: Array(body))
            })
        town.time.advance(.minutes(5))
        town.sandbox.clearRequests()
        _ = await (try town.open(wire: wire)).runCycle(.once, upload: true)
        #expect(!town.events.all(.recordQuarantined).isEmpty)
        #expect(!town.puts.contains { $0.items.contains { unreadable.contains($0.enrollment) } })
        #expect(town.dropBox.rows.map { $0.contains(",tardy,") } == [true])
        // Once they can be read, what waited goes.
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 2)
        #expect(try town.shown(pairs[1]) == 4)
    }

    /// The same tree, in which the rows of these enrollments have a status that there is none of.
    private static func spoiled(_ tree: Any, _ enrollments: Set<String>) -> Any {
        if let list = tree as? [Any] { return list.map { spoiled($0, enrollments) } }
        guard var object = tree as? [String: Any] else { return tree }
        for (key, value) in object { object[key] = spoiled(value, enrollments) }
        if let id = object["enrollment_id"], enrollments.contains("\(id)") { object["status"] = 99 }
        return object
    }

    @Test func aSectionThatIsWrittenToIsReadBackWholeAllTheSame() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        let other = try #require(
            town.secondary.first {
                $0.schoologySection == pair.schoologySection && $0.cleverStudent != pair.cleverStudent
            })
        let yesterday = Town.today.adding(days: -1)
        try town.mark(other, "present", on: yesterday)
        try await town.nextCycle()
        // Today's mark is written before Clever's window is read.
        try town.mark(pair, "absent")
        try town.teach(other, 3, on: yesterday)
        try await town.nextCycle()
        #expect(town.dropBox.rows.map { $0.contains(",tardy,") } == [true])
    }

    @Test func aDeadLetterIsNotSentAgainByReadingBack() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        town.sandbox.clearRequests()
        town.sandbox.add(Fault(.itemCode(403, enrollments: [pair.enrollment]), side: .schoology))
        try town.mark(pair, "tardy")
        for _ in 0..<3 { try await town.nextCycle() }
        // Nor where a teacher's edit calls for the same write.
        try town.teach(pair, 1)
        try await town.nextCycle()
        #expect(town.puts.flatMap(\.items).count { $0.enrollment == pair.enrollment } == 1)
        #expect(try town.totals.dead == 1)
    }

    @Test func aChangeOfTheDirectionDecidesAnewAtOnce() async throws {
        let town = try await Town.bothWays(direction: .toClever)
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent", code: "E")
        try await town.nextCycle()
        #expect(try town.totals.drift > 0)
        town.change { $0.direction = .both }
        town.time.advance(.minutes(1))
        // No section is due to be read back.
        try await town.cycle(.scheduled)
        #expect(try town.shown(pair) == 1)
        try town.approveHeld()
        try await town.cycle(.scheduled)
        #expect(try town.shown(pair) == 4)
    }

    @Test func aChangeOnItsWayToCleverArrivesThoughTheStudentIsEnrolledAnew() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle()
        let enrollment = try town.sandbox.enrollAnew(pair.enrollment)
        for _ in 0..<2 {
            try await town.nextCycle()
            #expect(town.dropBox.rows.map { $0.contains(",tardy,") } == [true])
        }
        try town.ingest()
        for _ in 0..<2 { try await town.nextCycle() }
        #expect(try town.cleverSays(pair) == "tardy")
        #expect(try town.sandbox.schoologyMark(enrollment: enrollment, date: Town.today)?.status == 3)
        #expect(try town.totals.outbox == 0)
    }

    @Test func aRowCarriesTheDistrictsIdsAndThatOfTheRecordItReplaces() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        let ids = try town.sandbox.sisIDs(student: pair.cleverStudent, section: pair.cleverSection)
        // Two days: on one Clever has a present record, which takes no row in the state, on the other an absence.
        let yesterday = Town.today.adding(days: -1)
        try town.mark(pair, "absent", on: yesterday)
        try await town.nextCycle()
        try town.teach(pair, 3)
        try town.teach(pair, 3, on: yesterday)
        try await town.nextCycle()
        let expected = try [yesterday, Town.today].map { day in
            let record = try town.sandbox.cleverRecord(
                student: pair.cleverStudent, section: pair.cleverSection, date: day)
            return "\(ids.student),\(ids.school),\(ids.section ?? ""),\(day),section,tardy,,\(record?.sisID ?? "")"
        }
        #expect(town.dropBox.rows == expected)
    }

    @Test func aRecordThatAppearsMeanwhileIsNamedInTheNextUpload() async throws {
        let town = try await Town.bothWays()
        let pairs = Array(town.secondary.prefix(2))
        try town.sandbox.removeCleverRecord(
            student: pairs[0].cleverStudent, section: pairs[0].cleverSection, date: Town.today)
        town.sandbox.finishAttendanceSync()
        try town.mark(pairs[1], "present")
        try await town.nextCycle()
        try town.teach(pairs[0], 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows.map { $0.hasSuffix(",") } == [true])
        try town.sandbox.setCleverRecord(
            student: pairs[0].cleverStudent, section: pairs[0].cleverSection, date: Town.today, status: "present",
            sisID: "r-17")
        town.sandbox.finishAttendanceSync()
        try town.teach(pairs[1], 2)
        try await town.nextCycle()
        #expect(town.dropBox.rows.contains { $0.hasSuffix(",tardy,,r-17") })
    }

    @Test func everyUploadCarriesWhatCleverHasNotShown() async throws {
        let town = try await Town.bothWays()
        let pairs = Array(town.secondary.prefix(3))
        for (index, pair) in pairs.enumerated() {
            try town.mark(pair, "present")
            try await town.nextCycle()
            try town.teach(pair, 3)
            try await town.nextCycle()
            #expect(town.dropBox.rows.count == index + 1)
        }
        // Clever takes the last file alone, and nothing is lost.
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.totals.outbox == 0)
        for pair in pairs { #expect(try town.cleverSays(pair) == "tardy") }
    }

    @Test func uploadsKeepToTheInterval() async throws {
        let town = try await Town.bothWays()
        let pairs = Array(town.secondary.prefix(2))
        for pair in pairs { try town.mark(pair, "present") }
        try await town.nextCycle()
        try town.teach(pairs[0], 3)
        try await town.nextCycle(upload: false)
        try town.teach(pairs[1], 3)
        let waiting = try await town.nextCycle(upload: false)
        #expect(town.dropBox.rows.count == 1)
        #expect(waiting.totals.rowsToUpload == 1)
        #expect(waiting.outcome == .done)
        town.time.advance(.hours(1))
        try await town.cycle(.scheduled)
        #expect(town.dropBox.rows.count == 2)
    }

    @Test func aClockThatWasSetBackKeepsNoRow() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.writing { [now = town.time.now] in try $0.set(.csvUploadedAt, (now + .days(9)).milliseconds) }
        try town.teach(pair, 3)
        try await town.nextCycle(upload: false)
        #expect(town.dropBox.rows.count == 1)
    }

    @Test func theLatestOfTwoEditsIsTheOneThatArrives() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle()
        try town.teach(pair, 2)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        // Clever takes the first file late: that is our own row, not an edit of the office.
        town.time.advance(.minutes(5))
        _ = town.sandbox.ingest(csv: town.dropBox.uploads[0].bytes)
        try await town.nextCycle()
        #expect(try town.shown(pair) == 2)
        #expect(town.events.all(.conflictDetected).isEmpty)
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.cleverSays(pair) == "absent")
        #expect(try town.totals.outbox == 0)
    }

    @Test func whatAnEarlierFileSaidIsTheOfficesWordOnceThatFileIsLongGone() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle()
        try town.teach(pair, 2)
        try await town.nextCycle()
        town.time.advance(.minutes(20))
        try town.mark(pair, "tardy")
        try await town.nextCycle()
        #expect(town.events.all(.conflictDetected).count == 1)
        #expect(try town.shown(pair) == 3)
    }

    /// A teacher has made somebody late whom the office calls absent, and has taken it back once the file was there.
    private func takenBack() async throws -> (town: Town, pair: SandboxPair, file: [UInt8]) {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "absent")
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle()
        let file = try #require(town.dropBox.file)
        try town.teach(pair, 2)
        try await town.nextCycle()
        return (town, pair, file)
    }

    @Test(arguments: [false, true])
    func anEditThatIsTakenBackIsTakenBackInTheFileToo(isTakenFirst: Bool) async throws {
        let (town, pair, first) = try await takenBack()
        #expect(town.dropBox.rows.first?.contains(",absent,") == true)
        // Clever has said nothing since: it may still take the first file.
        try await town.nextCycle()
        #expect(try town.totals.unconfirmed == 1)
        if isTakenFirst { _ = town.sandbox.ingest(csv: first) }
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.shown(pair) == 2)
        #expect(try town.cleverSays(pair) == "absent")
        #expect(try town.totals.outbox == 0)
        #expect(town.events.all(.conflictDetected).isEmpty)
    }

    /// What the row puts back has become a change: it is sent anew, in case the file isn't there any more.
    @Test func anEditThatIsTakenBackAfterCleverTookItIsAChangeOfItsOwn() async throws {
        let (town, _, first) = try await takenBack()
        _ = town.sandbox.ingest(csv: first)
        try await town.nextCycle()
        #expect(town.events.all(.csvUploaded).map { $0["new_rows"] } == ["1", "1", "1"])
        #expect(town.dropBox.rows.map { $0.contains(",absent,") } == [true])
        try town.ingest()
        #expect(try await town.nextCycle().counts.confirmed == 1)
        #expect(try town.totals.outbox == 0)
    }

    @Test func anEditThatIsTakenBackBeforeTheUploadLeavesNothing() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        let other = try #require(town.secondary.last)
        try town.mark(pair, "present")
        try town.mark(other, "present")
        try town.teach(other, 3)
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
        try town.teach(pair, 3)
        // The last upload was just now.
        town.time.advance(.minutes(15))
        try await town.cycle(.readBack)
        #expect(try town.totals.rowsToUpload == 1)
        try town.teach(pair, 1)
        town.time.advance(.minutes(15))
        try await town.cycle(.readBack)
        #expect(try town.totals.outbox == 0)
        #expect(town.dropBox.uploads.count == 1)
    }

    @Test func aRowMayGoBeforeTheNextPollAndThenCleverIsAskedFirst() async throws {
        let town = try await Town.bothWays(settings: { $0.clever.pollInterval = .hours(5) })
        let pair = try #require(town.secondary.first)
        let other = try #require(town.secondary.last)
        try town.mark(pair, "present")
        try town.mark(other, "present")
        try await town.nextCycle()
        let engine = try town.open()
        #expect(await engine.untilUpload() == nil)
        try town.teach(pair, 3)
        town.time.advance(.minutes(15))
        town.sandbox.clearRequests()
        _ = await engine.runCycle(.readBack)
        #expect(town.cleverRequests.first?.target == "/v3.1/districts")
        #expect(town.dropBox.rows.count == 1)
        try town.teach(other, 3)
        town.time.advance(.minutes(15))
        _ = await engine.runCycle(.readBack)
        #expect(await engine.untilUpload() == .minutes(45))
        town.time.advance(.minutes(45))
        _ = await engine.runCycle(.readBack)
        #expect(town.dropBox.rows.count == 2)
    }

    @Test func aRowThatCleverDoesNotShowInTimeIsOverdueOnce() async throws {
        let town = try await Town.bothWays(settings: { $0.clever.sftp?.confirmWithin = .hours(2) })
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle(upload: false)
        for _ in 0..<3 {
            town.time.advance(.hours(1))
            try await town.cycle(.scheduled)
        }
        #expect(town.events.all(.csvOverdue).map { $0["rows"] } == ["1"])
        #expect(try town.totals.overdue == 1)
        // It is sent again, in case the file was removed.
        #expect(town.dropBox.uploads.count == 2)
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.totals.outbox == 0)
    }

    @Test(arguments: [
        SFTPError.hostKeyChanged, .hostKeyUnknown, .refusedCredential, .noSpace, .notPermitted, .noSuchPath,
        .cannotConnect(detail: "closed"), .cut(renamed: nil, detail: "reset"), .timedOut(renamed: nil),
    ])
    func aFailedUploadKeepsItsRowsAndHealsByItself(error: SFTPError) async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        town.dropBox.fail(error)
        let failed = try await town.nextCycle()
        #expect(failed.outcome == .failed)
        let failure = try #require(failed.failures.first)
        #expect(failed.failures == [.upload(error, repair: failure.repair)])
        #expect(!failure.repair.isEmpty)
        #expect(failed.totals.rowsToUpload == 1)
        #expect(try await town.nextCycle().outcome == .failed)
        town.dropBox.fail(nil)
        let healed = try await town.nextCycle()
        #expect(healed.outcome == .done)
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.totals.outbox == 0)
        #expect(try town.shown(pair) == 3)
        let isCredential = error == .refusedCredential
        #expect(town.events.all(.authFailed).count == (isCredential ? 1 : 0))
        #expect(town.events.all(.authRecovered).count == (isCredential ? 1 : 0))
    }

    @Test func uploadsThatFailAreTriedEverMoreSeldom() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        town.dropBox.fail(.timedOut(renamed: nil))
        let engine = try town.open()
        town.time.advance(.hours(1))
        for _ in 0..<32 {
            _ = await engine.runCycle(.scheduled)
            town.time.advance(.minutes(1))
        }
        // After 1, 2, 4, 8 and 16 minutes.
        #expect(town.dropBox.attempts == 6)
        town.dropBox.fail(nil)
        town.time.advance(.hours(1))
        #expect(await engine.runCycle(.scheduled).counts.uploaded == 1)
    }

    @Test func aFileThatArrivedWithoutAnybodyHearingOfItIsRecognised() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        town.dropBox.fail(.cut(renamed: nil, detail: "reset"), isAppliedAnyway: true)
        try await town.nextCycle()
        try town.ingest()
        town.dropBox.fail(nil)
        try await town.nextCycle()
        #expect(try town.totals.outbox == 0)
        #expect(try town.shown(pair) == 3)
        #expect(town.puts.allSatisfy { !$0.items.contains { $0.enrollment == pair.enrollment } })
    }

    @Test func aLookupWhoseNextLinkIsNoPathIsAFaultOfCleversAndTheRowWaits() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        let body = #"{"data":[],"links":[{"rel":"next","uri":"::"}]}"#
        let wire = try Wire(
            time: town.time,
            instead: { request in
                guard request.url.contains("/attendance/sections/") else { return nil }
                return HTTPResponse(status: 200, headers: [], body: Array(body.utf8))
            })
        town.time.advance(.minutes(5))
        let report = await (try town.open(wire: wire)).runCycle(.once, upload: true)
        #expect(report.outcome == .failed)
        #expect(town.dropBox.uploads.isEmpty)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
    }

    @Test func aPausedDistrictGetsNoFile() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        town.sandbox.setDistrictState("paused")
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.uploads.isEmpty)
        town.sandbox.setDistrictState("success")
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
    }

    /// Neither where the record that the row replaces has to be looked up, nor where it is stored.
    @Test(arguments: ["present", "absent"])
    func nothingIsUploadedWhileCleverCannotBeAsked(office: String) async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, office)
        try await town.nextCycle()
        let fault = town.sandbox.add(Fault(.status(503), side: .clever, count: 1000))
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.uploads.isEmpty)
        #expect(try town.totals.rowsToUpload == 1)
        town.sandbox.removeFault(fault)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
    }

    @Test func aDroppedRowIsTakenOutOfTheFileAndNotProposedAgain() async throws {
        let town = try await Town.bothWays()
        let pair = try #require(town.secondary.first)
        try town.mark(pair, "present")
        try await town.nextCycle()
        try town.teach(pair, 3)
        try await town.nextCycle()
        try town.writing { [now = town.time.now] tx in
            for item in try tx.outbox(deadOnly: false) { try tx.dropOutboxItem(item, reason: "test", now: now) }
        }
        try await town.nextCycle()
        #expect(town.dropBox.rows.isEmpty)
        try await town.nextCycle()
        #expect(town.dropBox.uploads.count == 2)
        #expect(try town.totals.outbox == 0)
        #expect(try town.shown(pair) == 3)
        // Until the teacher changes it again.
        try town.teach(pair, 2)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        // What was dropped then is a change like any other when it comes again.
        try town.teach(pair, 3)
        try await town.nextCycle()
        #expect(town.dropBox.rows.map { $0.contains(",tardy,") } == [true])
    }

    @Test func anOfficeEditOfARowThatStillLiesOnTheServerTakesItOutOfTheFile() async throws {
        let town = try await Town.bothWays()
        let pairs = Array(town.secondary.prefix(2))
        for pair in pairs {
            try town.mark(pair, "present")
            try town.teach(pair, 3)
        }
        try await town.nextCycle()
        try town.ingest()
        try await town.nextCycle()
        #expect(town.dropBox.uploads.count == 1)
        try town.mark(pairs[0], "absent")
        try await town.nextCycle()
        #expect(town.dropBox.uploads.count == 2)
        #expect(town.dropBox.rows.isEmpty)
        // Read once more, the file undoes nothing.
        try town.ingest()
        try await town.nextCycle()
        #expect(try town.shown(pairs[0]) == 2)
        #expect(town.dropBox.uploads.count == 2)
    }

    /// A scan of the recent days alone does not show it, and the row goes out again with a newer one.
    @Test func anOfficeEditOfAnOlderDayIsSeenBeforeItsRowIsSentAgain() async throws {
        let town = try await Town.bothWays(.hold)
        let pairs = Array(town.secondary.prefix(2))
        let day = Town.today.adding(days: -3)
        for pair in pairs {
            try town.mark(pair, "present")
            try town.mark(pair, "present", on: day)
        }
        try town.teach(pairs[0], 3, on: day)
        try await town.nextCycle()
        #expect(town.dropBox.rows.count == 1)
        try town.mark(pairs[0], "absent", on: day)
        try town.teach(pairs[1], 3)
        town.time.advance(.hours(2))
        try await town.cycle(.scheduled)
        #expect(try town.reading { try $0.conflicts(openOnly: true) }.count == 1)
        // What goes out for the first one is the office's own word.
        #expect(town.dropBox.rows.count == 2)
        try town.ingest()
        #expect(try town.cleverSays(pairs[0], on: day) == "absent")
    }

    @Test func withOneDirectionOnlyCleversOwnChangesAreLeftAlone() async throws {
        let town = try await Town.bothWays(direction: .toClever)
        let pairs = town.secondary
        try town.mark(pairs[0], "absent")
        try town.mark(pairs[1], "present")
        let rows = town.rows
        try town.teach(pairs[1], 3)
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.rows.count == 1)
        #expect(town.rows.count == rows.count + 1)
        #expect(try town.totals.drift > 0)
        try town.ingest()
        let report = try await town.nextCycle()
        #expect(report.counts.confirmed == 1)
        // Both changed: a conflict like any other. Clever wins, and Schoology is not written.
        try town.teach(pairs[0], 3)
        try await town.nextCycle()
        #expect(town.events.all(.conflictDetected).map { $0["outcome"] } == ["clever wins: left as it is"])
        #expect(town.puts.isEmpty)
    }
}
