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
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        for runner in runners.values { start(runner) }
        await triggers.serve(Array(runners.values))
        openWaitingLater()
        notifier.send(.ready(status: "\(runners.count) districts, first cycle under way\(waitingStatus)"))
        let housekeeping = Task { await self.keepHouse() }
        for await signal in signals {
            if signal == .sighup {
                await reload()
            } else {
                break
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
        runner.start { [self, notifier] report in
            notifier.send(.status("\(report.district): cycle \(report.cycle) \(report.outcome.rawValue)"))
            if report.hasRefusedCredential { Task { await self.takeNewCredentials(of: report.district) } }
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
            let states = runners.values.map { $0.hasMoved(within: interval) }
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
        UnusedSettings.announce(loaded, to: events)
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
        waiting = waiting.filter { wanted[$0.key] != nil }
        let leaving = runners.filter { wanted[$0.key] != $0.value.service.settings }
        await stop(Array(leaving.values))
        for (name, runner) in leaving {
            runners[name] = nil
            guard let settings = wanted[name] else {
                runner.service.state.close()
                continue
            }
            let service = try DistrictService(
                settings: settings, state: runner.service.state, stateDirectory: configuration.stateDirectory,
                shared: shared)
            runners[name] = DistrictRunner(service)
            start(runners[name]!)
        }
        for (name, settings) in wanted where runners[name] == nil {
            do {
                try begin(settings)
            } catch let error as StateError {
                guard error.isDiskFull else { throw error }
                waiting[name] = settings
                openWaitingLater()
            }
        }
    }

    private func reject(_ reason: String) {
        events.record(
            Event(
                .error, .configRejected,
                ["reason": .text(reason), "repair": "mend it and reload again; the old configuration stays in force"]))
    }
}
