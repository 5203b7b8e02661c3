import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState
import UnixSignals

/// `run`: a runner for each district, signals, and what systemd wants to know.
actor Daemon {
    private let options: GlobalOptions
    private let events: EventLog
    private let shared: SharedServices
    private let notifier = SystemdNotifier(environment: ProcessInfo.processInfo.environment)
    private let triggers: TriggerService
    private var configuration: ServiceConfiguration
    private var runners: [String: DistrictRunner] = [:]
    private var vigils: [String: Vigil] = [:]
    /// Districts whose disk has no space for their state: they begin once it has.
    private var waiting: [String: DistrictSettings] = [:]
    /// Looks whether those can begin.
    private var opening: Task<Void, Never>?
    /// Runners are being replaced: one such change at a time.
    private var isApplying = false

    /// Opens every state, so that a service that says READY holds what it needs. A full disk alone is waited out, as
    /// nothing but space is missing.
    ///
    /// - Throws: ``StateError``.
    init(
        options: GlobalOptions, configuration: ServiceConfiguration, districts: [DistrictSettings], events: EventLog
    ) throws {
        self.options = options
        self.events = events
        self.configuration = configuration
        shared = try SharedServices(events: events)
        triggers = TriggerService(stateDirectory: configuration.stateDirectory, events: events)
        for settings in districts {
            do {
                let service = try DistrictService(
                    settings: settings, stateDirectory: configuration.stateDirectory, shared: shared)
                runners[settings.name] = DistrictRunner(service)
            } catch let error as StateError {
                guard error.isDiskFull else { throw error }
                waiting[settings.name] = settings
            }
        }
    }

    func run() async {
        events.record(
            Event(
                .notice, .serviceStarted,
                [
                    "version": .text(Version.current), "districts": .int(runners.count + waiting.count),
                    "pid": .int(getpid()),
                ]))
        await shared.purge.set(retention: configuration.retention)
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigusr1)
        for runner in runners.values { start(runner) }
        await triggers.serve(Array(runners.values))
        openWaitingLater()
        notifier.send(.ready(status: "\(runners.count) districts, first cycle under way\(waitingStatus)"))
        let housekeeping = Task { await self.keepHouse() }
        serving: for await signal in signals {
            switch signal {
            case .sighup: await reload()
            // An operator's command has changed something in a state.
            case .sigusr1: for runner in runners.values { runner.lookNow() }
            default: break serving
            }
        }
        notifier.send(.stopping)
        housekeeping.cancel()
        opening?.cancel()
        await opening?.value
        await triggers.stop()
        await stop(Array(runners.values))
        for runner in runners.values { runner.service.state.close() }
        await shared.loop.shutdown(grace: .seconds(1))
        events.record(Event(.notice, .serviceStopped))
        events.flush()
    }

    private func start(_ runner: DistrictRunner) {
        let settings = runner.service.settings
        vigils[settings.name] = Vigil(pollInterval: settings.clever.pollInterval, now: SystemClock().uptime())
        runner.start { [self, notifier] report in
            if report.outcome == .done || report.outcome == .incomplete {
                Task { await self.succeeded(report.district) }
            }
            notifier.send(.status("\(report.district): cycle \(report.cycle) \(report.outcome.rawValue)"))
            if report.hasRefusedCredential { Task { await self.takeNewCredentials(of: report.district) } }
        }
    }

    private func succeeded(_ district: String) { vigils[district]?.succeeded(now: SystemClock().uptime()) }

    /// Says what no single cycle says: that none has succeeded for long, or that one doesn't move.
    private func keepVigil(over runner: DistrictRunner, hasMoved: Bool) {
        let district = runner.service.settings.name
        for finding in vigils[district]?.look(hasMoved: hasMoved, now: SystemClock().uptime()) ?? [] {
            let (name, since, reason, repair): (Event.Name, Span, String, String) =
                switch finding {
                case .overdue(let span):
                    (
                        .cycleOverdue, span, "no cycle has succeeded for so long",
                        "`\(typed("status"))` and `\(typed("doctor"))` say what is wrong"
                    )
                case .stalled(let span):
                    (
                        .cycleStalled, span, "a cycle neither ends nor gets anywhere",
                        "systemd's watchdog restarts the service; without one, restart it"
                    )
                }
            events.record(
                Event(
                    .error, name, district: district,
                    ["since": .text(since.words), "reason": .text(reason), "repair": .text(repair)]))
        }
    }

    /// A credential was refused: if its file holds another one now, the district goes on with that. Nothing else of
    /// the configuration is taken over; that is what SIGHUP is for.
    private func takeNewCredentials(of district: String) async {
        guard let runner = runners[district],
            let loaded = try? ConfigurationLoader.load(
                path: options.config, environment: ProcessInfo.processInfo.environment),
            let now = loaded.configuration.districts.first(where: { $0.name == district })
        else { return }
        var settings = runner.service.settings
        settings.clever.token = now.clever.token
        settings.schoology.consumerKey = now.schoology.consumerKey
        settings.schoology.consumerSecret = now.schoology.consumerSecret
        if let sftp = now.clever.sftp {
            settings.clever.sftp?.username = sftp.username
            settings.clever.sftp?.credential = sftp.credential
        }
        // A reload that is under way reads the credentials too.
        guard settings != runner.service.settings, !isApplying else { return }
        var all = runners.mapValues(\.service.settings).merging(waiting) { running, _ in running }
        all[district] = settings
        try? await apply(Array(all.values))
    }

    // MARK: A full disk

    private var waitingStatus: String { waiting.isEmpty ? "" : ", \(waiting.count) waiting for disk space" }

    private func openWaitingLater() {
        guard opening == nil, !waiting.isEmpty else { return }
        opening = Task { await self.openWaiting() }
    }

    /// Tries as often as the district would be polled, and at least twice a minute.
    private func openWaiting() async {
        defer { opening = nil }
        while true {
            await openNow()
            guard let interval = waiting.values.map(\.clever.pollInterval).min() else { return }
            do {
                try await Task.sleep(for: .milliseconds(min(interval, .seconds(30)).milliseconds))
            } catch {
                return
            }
        }
    }

    private func openNow() async {
        guard !isApplying else { return }
        isApplying = true
        defer { isApplying = false }
        let before = runners.count
        for (name, settings) in waiting {
            do {
                try begin(settings)
            } catch let error as StateError {
                events.record(
                    Event(
                        .error, .cycleFailed, district: name,
                        ["side": "state", "reason": .text("\(error)"), "repair": .text(error.repair)]))
            } catch {
                continue
            }
        }
        guard runners.count > before else { return }
        await triggers.serve(Array(runners.values))
        notifier.send(.status("\(runners.count) districts\(waitingStatus)"))
    }

    private func begin(_ settings: DistrictSettings) throws {
        let service = try DistrictService(
            settings: settings, stateDirectory: configuration.stateDirectory, shared: shared)
        let runner = DistrictRunner(service)
        waiting[settings.name] = nil
        runners[settings.name] = runner
        start(runner)
    }

    private func stop(_ stopping: [DistrictRunner]) async {
        await withTaskGroup(of: Void.self) { group in
            for runner in stopping { group.addTask { await runner.stop(grace: StopSignals.grace) } }
        }
    }

    /// Feeds the watchdog while cycles make progress, and writes repeats that have waited.
    private func keepHouse() async {
        let interval = notifier.watchdogInterval ?? .seconds(60)
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(max(interval.milliseconds / 2, 50)))
            events.writeDueRepeats()
            await triggers.listen()
            let states = runners.values.map { runner in
                let hasMoved = runner.hasMoved(within: interval)
                keepVigil(over: runner, hasMoved: hasMoved)
                return hasMoved
            }
            if notifier.watchdogInterval != nil, states.allSatisfy(\.self) { notifier.send(.watchdog) }
        }
    }

    // MARK: Reload

    /// Reads the configuration again. A district whose settings changed goes on with the new ones after the request
    /// that is in flight; the others don't notice.
    private func reload() async {
        notifier.sendReloading()
        defer { notifier.send(.ready(status: "\(runners.count) districts\(waitingStatus)")) }
        let loaded: LoadedConfiguration
        let districts: [DistrictSettings]
        do {
            loaded = try ConfigurationLoader.load(
                path: options.config, environment: ProcessInfo.processInfo.environment)
            districts = loaded.configuration.districts.filter { options.district == nil || $0.name == options.district }
        } catch {
            for problem in error.all { reject("\(problem)") }
            return
        }
        guard loaded.configuration.stateDirectory == configuration.stateDirectory else {
            return reject("service.state_directory can't change while the service runs; restart it")
        }
        do {
            while isApplying { try await Task.sleep(for: .milliseconds(20)) }
            try await apply(districts)
        } catch {
            return reject("\(error)")
        }
        configuration = loaded.configuration
        await shared.purge.set(retention: configuration.retention)
        events.configure(format: configuration.logFormat, level: configuration.logLevel)
        SettingNotices.announce(loaded, to: events)
        events.record(Event(.notice, .configReloaded, ["districts": .int(runners.count)]))
    }

    private func apply(_ districts: [DistrictSettings]) async throws {
        isApplying = true
        defer { isApplying = false }
        try await replaceRunners(districts)
        await triggers.serve(Array(runners.values))
    }

    private func replaceRunners(_ districts: [DistrictSettings]) async throws {
        let wanted = Dictionary(uniqueKeysWithValues: districts.map { ($0.name, $0) })
        // What can fail comes first, so that a reload is taken over whole or not at all.
        let (opened, full) = try open(wanted.filter { runners[$0.key] == nil })
        waiting = full
        let leaving = runners.filter { wanted[$0.key] != $0.value.service.settings }
        await stop(Array(leaving.values))
        for (name, runner) in leaving {
            runners[name] = nil
            guard let settings = wanted[name] else {
                remove(runner)
                continue
            }
            let service = DistrictService(
                settings: settings, state: runner.service.state, stateDirectory: configuration.stateDirectory,
                shared: shared)
            runners[name] = DistrictRunner(service)
        }
        for (name, service) in opened { runners[name] = DistrictRunner(service) }
        for runner in runners.values
        where leaving[runner.service.settings.name] != nil
            || opened[runner.service.settings.name] != nil
        {
            start(runner)
        }
        openWaitingLater()
    }

    /// Opens the states of districts that are new: all of them, or none. Those whose disk is full are given back.
    private func open(
        _ districts: [String: DistrictSettings]
    ) throws -> (opened: [String: DistrictService], full: [String: DistrictSettings]) {
        var opened: [String: DistrictService] = [:]
        var full: [String: DistrictSettings] = [:]
        for (name, settings) in districts {
            do {
                opened[name] = try DistrictService(
                    settings: settings, stateDirectory: configuration.stateDirectory, shared: shared)
            } catch let error as StateError {
                guard !error.isDiskFull else {
                    full[name] = settings
                    continue
                }
                for service in opened.values { service.state.close() }
                throw error
            }
        }
        return (opened, full)
    }

    /// The configuration no longer has it. What it has not delivered stays in its state, and is said.
    private func remove(_ runner: DistrictRunner) {
        let state = runner.service.state
        let totals = (try? state.reading { try $0.totals(now: .current) }) ?? StateTotals()
        vigils[runner.service.settings.name] = nil
        state.close()
        events.record(
            Event(
                totals.outbox > totals.unconfirmed ? .warning : .notice, .districtRemoved,
                district: runner.service.settings.name,
                [
                    "pending": .int(totals.undelivered - totals.dead - totals.held), "held": .int(totals.held),
                    "rows_to_upload": .int(totals.rowsToUpload), "unconfirmed_rows": .int(totals.unconfirmed),
                    "dead": .int(totals.dead), "open_conflicts": .int(totals.openConflicts),
                    "repair": .text(
                        totals.outbox == 0
                            ? "none needed: everything was delivered"
                            : "nothing of it is sent any more; it is kept in \(state.path), and goes on should the district come back"
                    ),
                ]))
    }

    private func reject(_ reason: String) {
        events.record(
            Event(
                .error, .configRejected,
                [
                    "reason": .text(reason),
                    "repair":
                        "mend it and reload again (restart, where a secret is new); the old configuration stays in force",
                ]))
    }
}
