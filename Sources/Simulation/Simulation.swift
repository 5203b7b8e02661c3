import AttendanceCore
import CSimulatedDisk
import Sandbox
import SyncEngine
import SyncState

/// Runs one history, in two phases: people and faults, with the invariants watched; then everything heals, and both
/// sides must come to agree within a bounded number of cycles, and stay so.
///
/// `@unchecked Sendable`: used by the one thread that calls `run`.
public final class Simulation: @unchecked Sendable {
    /// What came of it.
    public struct Outcome: Sendable {
        /// Nil: everything held.
        public var violation: Violation?
        public var tally: Tally
    }

    /// Rounds of five hours, at most: writes that wait for up to 8 h, a suspension of 24 h, a student who came back since the
    /// roster was read, and a row of a day that Clever is asked for only when its file is due again fit in.
    private static let roundsToHeal = 12
    private static let jobLimit = 400_000_000

    private let scenario: Scenario
    private let time: SimulatedTime
    private let town: SimulatedTown
    private let proof: Proof
    private let daemon: SimulatedDaemon
    private var isDone = false
    private var faultCount = 0
    private var takenFile = 0

    /// - Parameters:
    ///   - directory: for the kernel lock; nothing else of a simulation is on a real disk.
    ///   - sabotage: a fault of the daemon's own, to test the proof with.
    public static func run(
        _ scenario: Scenario, directory: String, transcript: Transcript? = nil, sabotage: Sabotage? = nil
    ) -> Outcome {
        let simulation = Simulation(scenario, directory: directory, transcript: transcript, sabotage: sabotage)
        return simulation.run()
    }

    private init(_ scenario: Scenario, directory: String, transcript: Transcript?, sabotage: Sabotage?) {
        self.scenario = scenario
        transcript?.directory = directory
        simulated_disk_register()
        // Before anything is written: the time of the history before this one would be in the future.
        simulated_disk_set_time(scenario.start.milliseconds)
        FreshState.put(directory: directory, seed: scenario.seed)
        time = SimulatedTime(scenario.start)
        town = SimulatedTown(scenario, time, transcript)
        proof = Proof(town, directory: directory)
        daemon = SimulatedDaemon(town, proof, directory: directory, sabotage: sabotage)
    }

    private func run() -> Outcome {
        for step in scenario.steps {
            time.at(scenario.start + step.at) { [self] in
                guard proof.violation == nil, !isOver else { return }
                town.transcript?.write("\(time.now) step \(step.action)")
                perform(step.action)
            }
        }
        daemon.boot()
        time.at(scenario.start + scenario.end) { [self] in
            isOver = true
            time.start { [self] in
                await heal()
                isDone = true
            }
        }
        let ended = time.run(limit: Self.jobLimit) { isDone || proof.violation != nil }
        if !ended { proof.fail("stuck", "nothing is left that could happen, and the history is not over") }
        town.counts.histories = 1
        town.counts.milliseconds = (time.now - scenario.start).milliseconds
        let outcome = Outcome(violation: proof.violation, tally: town.counts)
        // Closures that wait for their time hold all of this.
        time.clear()
        ends = []
        daemon.clear()
        proof.clear()
        return outcome
    }

    private var isOver = false

    // MARK: Steps

    private func perform(_ action: Action) {
        switch action {
        case .officeMarks(let place, let daysAgo, let word, let isDaily):
            town.officeMarks(place, daysAgo: daysAgo, word: word, isDaily: isDaily)
        case .officeSync: town.finishSync()
        case .teacherMarks(let place, let daysAgo, let status, let tells):
            guard let edit = town.teacherMarks(place, daysAgo: daysAgo, status: status), let tells else { return }
            let editedAt = time.now
            time.at(time.now + tells) { [daemon] in daemon.trigger(edit.place, edit.day, editedAt: editedAt) }
        case .strayTrigger(let place):
            daemon.trigger(town.place(place), town.today, editedAt: time.now)
        case .cleverTakesFile(let processing): takeFile(processing)
        case .enrollsAnew(let place): town.enrollsAnew(place)
        case .moves(let place, let section): town.moves(place, to: section)
        case .arrives(let section, let delay): town.arrives(in: section, inSchoologyAfter: delay)
        case .leaves(let place, let span): town.leaves(place, for: span)
        case .districtPaused(let span):
            town.counts.strike("paused")
            meanwhile(span) { [town] in town.sandbox.setDistrictState($0 ? "paused" : "running") }
        case .sectionGone(let section, let span):
            town.counts.strike("410")
            let sections = town.schoologySections
            let section = sections[section % sections.count]
            meanwhile(span) { [town] in try? town.sandbox.setSectionGone($0, section: section) }
        case .everySectionGone(let span):
            town.counts.strike("410_everywhere")
            let sections = town.schoologySections
            meanwhile(span) { [town] isGone in
                for section in sections { try? town.sandbox.setSectionGone(isGone, section: section) }
            }
        case .cleverTokenRevoked(let span):
            town.counts.strike("clever_token_revoked")
            meanwhile(span) { [town] in town.sandbox.setCleverTokenRevoked($0) }
        case .schoologyKeyRevoked(let span):
            town.counts.strike("schoology_key_revoked")
            meanwhile(span) { [town] in town.sandbox.setSchoologyKeyRevoked($0) }
        case .fault(let kind, let percent, let span):
            faultCount += 1
            let number = faultCount
            meanwhile(span) { [town] in town.faults[number] = $0 ? (kind, percent) : nil }
        case .clockJumps(let jump, let span):
            town.counts.strike("clock_jump")
            meanwhile(span) { [daemon] in daemon.setClock(wrongBy: $0 ? jump : .zero) }
        case .serverClockJumps(let side, let jump, let span):
            town.counts.strike("server_clock_jump")
            let seconds = Double(jump.milliseconds) / 1000
            meanwhile(span) { [town] in
                town.sandbox.setClockSkew(seconds: $0 ? seconds : 0, of: side == .clever ? .clever : .schoology)
            }
        case .diskFull(let span):
            town.counts.strike("disk_full")
            meanwhile(span) { simulated_disk_set_full($0 ? 1 : 0) }
        case .diskBusy(let attempts):
            town.counts.strike("disk_busy")
            simulated_disk_set_busy(Int64(attempts))
        case .diskFails(let effects):
            town.counts.strike("disk_error")
            simulated_disk_set_failing(Int64(effects))
        case .crash(let crash, let effects, let boot):
            daemon.crash(crash, afterEffects: effects, bootsAfter: boot)
        case .crashInTransaction(let crash, let effects, let boot):
            daemon.crashInTransaction(crash, afterEffects: effects, bootsAfter: boot)
        case .restart(let boot):
            town.counts.strike("restart")
            time.start { [daemon, time] in
                await daemon.stop()
                await time.wait(boot)
                daemon.boot()
            }
        case .operatorResolves(let take): resolve(take)
        case .operatorRetriesDead: retryDead()
        case .operatorDrops(let write): drop(write)
        case .operatorDecidesHeld(let discards): decideHeld(discards: discards)
        case .operatorPauses(let span):
            daemon.operate { tx, now in
                try tx.set(Pause(since: now, until: now + span, by: "op", reason: nil))
            }
        case .operatorBackfills(let days):
            daemon.operate { [town] tx, now in
                let last = town.today - 2
                _ = try tx.requestBackfill((last - (days - 1))...last, by: "op", now: now)
            }
        case .operatorRunsOnce:
            time.start { [daemon] in
                _ = await daemon.once()
                await daemon.stop()
                daemon.boot()
            }
        }
    }

    private func meanwhile(_ span: Span, _ set: @escaping (Bool) -> Void) {
        set(true)
        ends.append { set(false) }
        time.at(time.now + span) { set(false) }
    }

    /// What ends whatever still goes on.
    private var ends: [() -> Void] = []

    private func takeFile(_ processing: Span) {
        // It is left there afterwards, and not processed twice.
        guard let file = town.file, file.number != takenFile else { return }
        takenFile = file.number
        time.at(time.now + processing) { [proof] in proof.ingest(file.bytes, number: file.number) }
    }

    private func resolve(_ take: Int) {
        let direction = scenario.settings.direction
        daemon.operate { tx, now in
            for conflict in try tx.conflicts(openOnly: true) {
                let status: Status =
                    switch take {
                    case 0: conflict.clever
                    case 1: conflict.schoology
                    default: Status(rawValue: take - 1) ?? .present
                    }
                try tx.resolve(
                    conflict, status: status, direction: direction, outcome: "operator: \(status)", by: "op",
                    reason: nil, now: now)
            }
        }
    }

    private func decideHeld(discards: Bool) {
        daemon.operate { [town] tx, now in
            for batch in try tx.heldBatches(openOnly: true) {
                town.counts.held += 1
                proof.valve.decided(try tx.writes(heldBy: batch.id), approves: !discards)
                if discards {
                    try tx.discard(batch, by: "op", reason: nil, now: now)
                } else {
                    try tx.approve(batch, by: "op", reason: nil, now: now)
                }
            }
        }
    }

    private func drop(_ write: Int) {
        daemon.operate { [town] tx, now in
            let waiting = try tx.outbox(deadOnly: false)
            guard !waiting.isEmpty else { return }
            town.counts.strike("operator_drops")
            try tx.dropOutboxItem(waiting[write % waiting.count], reason: "no", now: now)
        }
    }

    private func retryDead() {
        daemon.operate { tx, _ in
            for item in try tx.outbox(deadOnly: true) { _ = try tx.retryOutboxItem(item.id) }
        }
    }

    // MARK: Healing

    private func heal() async {
        town.transcript?.write("\(time.now) everything heals")
        for end in ends { end() }
        town.everybodyComesBack()
        proof.heals()
        town.faults = [:]
        simulated_disk_set_full(0)
        simulated_disk_set_busy(0)
        simulated_disk_set_failing(0)
        daemon.disarm()
        await daemon.stop()
        daemon.boot()
        await serveUntilSettled()
        guard proof.violation == nil else { return }
        await serveQuietly()
        if healsByItself { proof.checkEnd() } else { await runOnceUntilSettled() }
        guard proof.violation == nil else { return }
        // A new day may have begun with its marks, and none may begin now. After that nothing may happen any more.
        if scenario.day(time.now + .hours(1)) != scenario.day(time.now) { await time.wait(.hours(1)) }
        town.finishSync()
        _ = await daemon.once()
        decideHeld(discards: false)
        _ = await daemon.once()
        guard let report = await daemon.once() else { return proof.fail("end", "no cycle can be run") }
        let uploads = town.counts.uploads
        proof.checkEnd()
        guard proof.violation == nil else { return }
        if report.outcome != .done, !scenario.settings.statusMap.leavesCodesOut {
            proof.fail("end", "the last cycle is \(report.outcome): \(report.failures)")
        }
        await expectQuiet(uploads: uploads)
    }

    /// One more cycle asks Clever once and writes nothing; it may be the one of the day that reads the rosters.
    private func expectQuiet(uploads: Int) async {
        for isLast in [false, true] {
            let before = proof.sent
            guard await daemon.once() != nil else { return proof.fail("end", "no cycle can be run") }
            let made = proof.sent - before
            // `once` reads Schoology back whenever it is run.
            let isQuiet = made == Sent(toClever: 1, readsOfSections: made.readsOfSections)
            if isQuiet, town.counts.uploads == uploads { return }
            if isLast || made.puts > 0 || town.counts.uploads != uploads {
                proof.fail("quiet", "a cycle with nothing new made \(made), \(town.counts.uploads - uploads) uploads")
            }
        }
    }

    /// In one history of four the service comes back by itself to all that it covers, also to the days that it reads once a
    /// day. In the others it has half a day for the recent ones, and an operator who runs `once` for the rest.
    private var healsByItself: Bool { scenario.seed % 4 == 0 }

    /// The service as it runs every day, with an operator who looks at it every few hours.
    private func serveUntilSettled() async {
        let daily = Span.hours(25) + town.settings.clever.pollInterval
        let fewest = healsByItself ? Int(daily.milliseconds / Span.hours(5).milliseconds) + 1 : 3
        // A row whose mark has a code that nobody configured waits for ever.
        let most = scenario.settings.statusMap.leavesCodesOut ? 8 : Self.roundsToHeal
        var wasCalm = false
        var number = 0
        while true {
            number += 1
            // Twice: a section whose suspension has just ended is yet to be read.
            let isCalm = proof.nothingIsUnderWay
            if number > most || (number > fewest && isCalm && wasCalm), !isNewDayNear { break }
            wasCalm = isCalm
            attend()
            for _ in 0..<2 {
                await time.wait(.minutes(150))
                takeFile(.zero)
            }
            guard proof.violation == nil else { return }
        }
    }

    /// A day begins with marks: they are announced by the next round, and what they call for is approved by the one after.
    private var isNewDayNear: Bool {
        scenario.day(time.now - .hours(11)) != scenario.day(time.now + town.settings.clever.pollInterval + .hours(1))
    }

    /// An operator looks at everything, and decides what is open.
    private func attend() {
        town.finishSync()
        retryDead()
        resolve(0)
        decideHeld(discards: false)
        daemon.operate { tx, _ in try tx.set(nil as Pause?) }
    }

    /// What `once` finds of days that the service reads once a day goes its way.
    private func runOnceUntilSettled() async {
        for _ in 0..<Self.roundsToHeal {
            attend()
            _ = await daemon.once()
            guard proof.violation == nil else { return }
            await time.wait(.minutes(5))
            takeFile(.zero)
            await time.wait(.minutes(5))
            if proof.nothingIsUnderWay { break }
        }
    }

    /// A poll interval in which nobody does anything: the service polls, and writes nothing where it has had time for all days.
    private func serveQuietly() async {
        let span = town.settings.clever.pollInterval + .minutes(10)
        let (before, uploads) = (proof.sent, town.counts.uploads)
        await time.wait(span)
        let made = proof.sent - before
        if healsByItself, made.puts > 0 || town.counts.uploads != uploads {
            proof.fail(
                "quiet", "with nothing new the service made \(made) and \(town.counts.uploads - uploads) uploads")
        }
        if made.toClever == 0 { proof.fail("quiet", "the service did not poll for \(span)") }
    }
}

extension StatusMap {
    /// Some codes mean nothing: their records wait.
    var leavesCodesOut: Bool { absent.anyOtherCode == nil }
}
