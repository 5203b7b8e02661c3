import AttendanceCore
import CSimulatedDisk
import SyncEngine
import SyncState
import Transport

/// The service: boots, runs the engine's cycles as the real one does, ends, boots again.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class SimulatedDaemon: @unchecked Sendable {
    private let town: SimulatedTown
    private let proof: Proof
    private let luck: Luck
    private let time: SimulatedTime
    private let directory: String
    private let timestamps = MemoryTimestampStore()
    private let nonces = SimulatedSigner.Nonces()
    private(set) var machine: Machine?
    private(set) var state: SyncState?
    private(set) var engine: DistrictEngine?
    private var clockError = Span.zero
    /// Its cycles are run one by one, by whoever asks: no service loop.
    private var isManual = false
    private var hasEnded = true
    private var isStopping = false
    private var alarm: UnsafeContinuation<Bool, Never>?
    private var wasRung = false

    private let sabotage: Sabotage?
    /// What it goes by.
    private let settings: DistrictSettings

    init(_ town: SimulatedTown, _ proof: Proof, directory: String, sabotage: Sabotage?) {
        self.sabotage = sabotage
        self.town = town
        self.proof = proof
        self.directory = directory
        luck = Luck(town.scenario)
        settings = sabotage?.settings(town.settings) ?? town.settings
        time = town.time
    }

    // MARK: Starting

    /// Starts the machine and, unless told otherwise, the service.
    func boot(manual: Bool = false) {
        guard hasEnded else { return }
        town.counts.boots += 1
        town.transcript?.write("\(time.now) boot")
        simulated_disk_crash_after(0, SIMULATED_DISK_KILLED)
        // At first it has been running for a while.
        let lostPower = machine?.lostPower ?? false
        let poweredAt = lostPower ? time.now : machine?.poweredAt ?? time.now - .hours(1)
        let machine = Machine(time: time, poweredAt: poweredAt, clockError: clockError) { [self] in
            // What is left of the process unwinds; nothing of it has any effect.
            if let doomed = self.engine { time.start { await doomed.stop() } }
            ring()
        }
        let state: SyncState
        do throws(StateError) {
            state = try SyncState(directory: directory, district: "town", access: .exclusive, disk: SIMULATED_DISK_NAME)
        } catch {
            // A disk that is full or fails: systemd tries again. A crash may leave nothing that SQLite calls damaged.
            if case .damaged = error { proof.fail("damaged state", "\(error)") }
            town.transcript?.write("\(time.now) the state can't be opened: \(error)")
            return bootLater(.minutes(5), manual: manual)
        }
        self.machine = machine
        self.state = state
        hasEnded = false
        isStopping = false
        wasRung = false
        isManual = manual
        let engine = DistrictEngine(
            settings: settings, state: state, world: world(machine), executor: time)
        self.engine = engine
        proof.machineNow = { machine.now() }
        proof.booted(state, afterPowerFailure: lostPower)
        guard !manual else { return }
        time.start { [self] in
            await serve(engine, machine)
            ended(state)
        }
    }

    private func bootLater(_ span: Span, manual: Bool) {
        time.at(time.now + span) { [self] in boot(manual: manual) }
    }

    private func ended(_ state: SyncState) {
        isManual = false
        state.close()
        self.state = nil
        engine = nil
        proof.state = nil
        hasEnded = true
    }

    private func world(_ machine: Machine) -> World {
        World(
            clock: machine,
            transport: SimulatedNetwork(machine: machine, town: town, proof: proof, luck: luck, sabotage: sabotage),
            signer: SimulatedSigner(
                town.sandbox, town.scenario.settings.schoology.signatureMethod, store: timestamps,
                clock: machine, nonces: nonces),
            sftp: SimulatedDropFolder(machine: machine, town: town, proof: proof, luck: luck, sabotage: sabotage),
            events: Ears(machine: machine, town: town, proof: proof),
            calendarDay: { [town] in town.scenario.day($0) }, overrides: { nil },
            random: { [luck] in luck.next() })
    }

    /// Hears what a living machine logs.
    private final class Ears: EventSink, @unchecked Sendable {
        let machine: Machine
        let town: SimulatedTown
        let proof: Proof

        init(machine: Machine, town: SimulatedTown, proof: Proof) {
            self.machine = machine
            self.town = town
            self.proof = proof
        }

        func record(_ event: Event) {
            guard !machine.isDead else { return }
            town.transcript?.write(
                "\(town.time.now) log \(event.level) \(event.name.rawValue) cycle=\(event.cycle ?? 0) "
                    + event.fields.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
            proof.heard(event)
        }
    }

    func clear() {
        machine = nil
        engine = nil
        state = nil
    }

    // MARK: Serving

    private func serve(_ engine: DistrictEngine, _ machine: Machine) async {
        var schedule = CycleSchedule(pollInterval: settings.clever.pollInterval, now: machine.uptime())
        while !machine.isDead, !isStopping {
            var kind = schedule.begin(now: machine.uptime())
            if kind == .readBack, await engine.hasBackfill() { kind = .backfill }
            let report = await cycle(engine, machine, kind)
            guard !machine.isDead, !isStopping, report.outcome != .stopped else { return }
            let untilMore = await engine.untilMore(after: report)
            let due = schedule.next(untilMore: untilMore, now: machine.uptime())
            guard await wait(until: due, machine), !machine.isDead else { continue }
            await machine.sleep(until: schedule.next(afterTriggerAt: machine.uptime(), before: due))
        }
    }

    private func cycle(
        _ engine: DistrictEngine, _ machine: Machine, _ kind: DistrictEngine.Kind, upload: Bool = false
    ) async -> CycleReport {
        proof.cycleBegins()
        let report = await engine.runCycle(kind, upload: upload)
        if !machine.isDead { proof.cycleEnded(report) }
        return report
    }

    /// - Returns: whether it was rung.
    private func wait(until uptime: Timestamp, _ machine: Machine) async -> Bool {
        guard !wasRung, !machine.isDead else {
            wasRung = false
            return true
        }
        let left = uptime - machine.uptime()
        return await withUnsafeContinuation { continuation in
            alarm = continuation
            alarmNumber += 1
            let number = alarmNumber
            time.at(time.now + left) { [self] in
                guard number == alarmNumber, let alarm else { return }
                self.alarm = nil
                alarm.resume(returning: false)
            }
        }
    }

    private var alarmNumber: UInt64 = 0

    private func ring() {
        guard let alarm else { return wasRung = true }
        self.alarm = nil
        alarm.resume(returning: true)
    }

    // MARK: What happens to it

    /// Schoology tells of a mark.
    func trigger(_ place: Int, _ day: Day, editedAt: Timestamp) {
        let there = town.places[place]
        guard let machine, !machine.isDead, let state, let engine,
            let section = Int64(there.schoologySection), let enrollment = there.enrollment.flatMap({ Int64($0) })
        else { return }
        let notice = TriggerNotice(
            schoologySection: section, enrollment: enrollment, day: day,
            editedAt: Timestamp(seconds: editedAt.seconds))
        let noted = try? state.transaction { try $0.note([notice], now: machine.now()) }
        guard let noted, noted > 0 else { return }
        time.start { await engine.attendToTriggers() }
        ring()
    }

    func setClock(wrongBy span: Span) {
        clockError = span
        machine?.clockError = clockError
        proof.clockJumped()
    }

    func crash(_ crash: Crash, afterEffects effects: Int, bootsAfter boot: Span) {
        guard let machine, !machine.isDead else { return }
        machine.endsBy = crash
        machine.effectsLeft = effects
        watch(machine, boot)
    }

    func crashInTransaction(_ crash: Crash, afterEffects effects: Int, bootsAfter boot: Span) {
        guard let machine, !machine.isDead else { return }
        simulated_disk_crash_after(Int64(effects), crash.disk)
        watch(machine, boot)
    }

    /// No end that was announced comes any more.
    func disarm() {
        guard let machine, !machine.isDead else { return }
        machine.effectsLeft = nil
        simulated_disk_crash_after(0, SIMULATED_DISK_KILLED)
    }

    /// Boots once the machine has ended.
    private func watch(_ machine: Machine, _ boot: Span) {
        time.at(time.now + max(boot, .milliseconds(100))) { [self] in
            guard self.machine === machine else { return }
            guard machine.isDead else { return watch(machine, .minutes(1)) }
            town.counts.strike("crash_\(machine.endsBy.rawValue)")
            bootOnceEnded(machine)
        }
    }

    /// What the dead machine had begun has to come to its end first.
    private func bootOnceEnded(_ machine: Machine) {
        guard self.machine === machine else { return }
        guard hasEnded else {
            return time.at(time.now + .milliseconds(100)) { [self] in bootOnceEnded(machine) }
        }
        boot()
    }

    /// SIGTERM: the request in flight is finished and stored.
    func stop() async {
        guard let engine, let machine, let state, !hasEnded else { return }
        guard !isManual else { return ended(state) }
        isStopping = true
        await engine.stop()
        ring()
        while !hasEnded, !machine.isDead { await time.wait(.milliseconds(50)) }
        while !hasEnded { await time.wait(.milliseconds(50)) }
    }

    /// One cycle by hand, with the service stopped. The process that runs it stays for more of them, until ``stop()``.
    func once() async -> CycleReport? {
        if !isManual { await stop() }
        if hasEnded { boot(manual: true) }
        guard isManual, let engine, let machine, let state else { return nil }
        if await engine.hasBackfill() { _ = await cycle(engine, machine, .backfill) }
        let report = await cycle(engine, machine, .once, upload: true)
        guard machine.isDead else { return report }
        if isManual { ended(state) }
        return nil
    }

    /// An operator's command beside the service.
    func operate(_ body: (Transaction, Timestamp) throws -> Void) {
        guard let machine, !machine.isDead, let state else { return }
        try? state.transaction { try body($0, machine.now()) }
        // As the commands do.
        ring()
    }
}
