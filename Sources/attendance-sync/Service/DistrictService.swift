import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncEngine
import SyncState
import Synchronization
import Transport

/// Builds the engine of a district on the machine's own clock, network and disk.
struct DistrictService: Sendable {
    let settings: DistrictSettings
    let state: SyncState
    let engine: DistrictEngine
    let heartbeat: Heartbeat
    let purge: DailyPurge

    /// - Throws: ``StateError``.
    init(settings: DistrictSettings, stateDirectory: String, shared: SharedServices) throws {
        try self.init(
            settings: settings,
            state: SyncState(directory: stateDirectory, district: settings.name, access: .exclusive),
            stateDirectory: stateDirectory, shared: shared)
    }

    /// Takes over a state that is open already, as a reload does.
    init(
        settings: DistrictSettings, state: SyncState, stateDirectory: String, shared: SharedServices,
        delivery: DistrictEngine.Delivery = .everything
    ) {
        self.settings = settings
        self.state = state
        heartbeat = Heartbeat()
        purge = shared.purge
        if let from = state.migratedFrom, from != SyncState.schemaVersion {
            shared.events.record(
                Event(
                    .notice, .stateMigrated, district: settings.name,
                    ["from": .text(from), "to": .text(SyncState.schemaVersion)]))
        }
        let calendar = DistrictCalendar(settings)
        let overridesFile = settings.matching.overridesFile
        let world = World(
            version: Version.current,
            clock: SystemClock(),
            transport: CurlTransport(loop: shared.loop, caFile: settings.caFile, version: Version.current),
            signer: delivery.isRehearsed
                ? Signers.reader(settings.schoology, stateDirectory: stateDirectory)
                : shared.signers.signer(for: settings.schoology, stateDirectory: stateDirectory),
            sftp: settings.clever.sftp == nil ? nil : CurlSFTPTransport(),
            events: shared.events,
            calendarDay: { calendar.day(of: $0) },
            overrides: { try OverridesFile.read(overridesFile) },
            random: { UInt64.random(in: .min ... .max) },
            progress: { [heartbeat] progress in
                heartbeat.beat()
                shared.progress?.show(settings.name, progress)
            })
        engine = DistrictEngine(
            settings: settings, state: state, world: world,
            executor: QueueExecutor(label: "district.\(settings.name)"), delivery: delivery)
    }
}

/// What all districts of one process share.
struct SharedServices: Sendable {
    let loop: CurlLoop
    let events: any EventSink
    let progress: ProgressLine?
    let signers = Signers()
    let purge: DailyPurge

    init(events: any EventSink, progress: ProgressLine? = nil) throws {
        loop = try CurlLoop()
        purge = DailyPurge(events: events)
        self.events = events
        self.progress = progress
    }
}

/// Counts what an engine gets done; read from outside while the engine works.
final class Heartbeat: Sendable {
    private let count = Atomic<UInt64>(0)

    func beat() { count.wrappingAdd(1, ordering: .relaxed) }

    var value: UInt64 { count.load(ordering: .relaxed) }
}

/// One signer for each consumer key, as Schoology refuses timestamps that go backwards for a key.
final class Signers: Sendable {
    private let signers = Mutex<[String: OAuthSigner]>([:])

    /// For a command that only reads. The engine's own timestamps go on from those of this one; where the engine has not
    /// signed yet there is nothing to go on from, and no file is made that the service's user could not write.
    static func reader(_ settings: SchoologySettings, stateDirectory: String) -> OAuthSigner {
        let file = timestampFile(for: settings, stateDirectory: stateDirectory)
        return make(settings, store: access(file, W_OK) == 0 ? FileTimestampStore(path: file) : MemoryTimestampStore())
    }

    func signer(for settings: SchoologySettings, stateDirectory: String) -> any RequestSigner {
        let key = settings.consumerKey.reveal()
        let file = Self.timestampFile(for: settings, stateDirectory: stateDirectory)
        return signers.withLock { signers in
            let identity = "\(key)\n\(settings.consumerSecret.reveal())\n\(settings.signatureMethod.rawValue)"
            if let known = signers[identity] { return known }
            let signer = Self.make(settings, store: FileTimestampStore(path: file))
            signers[identity] = signer
            return signer
        }
    }

    /// Where the key's last timestamp is kept. Named by a digest, so that the folder doesn't show the key.
    private static func timestampFile(for settings: SchoologySettings, stateDirectory: String) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(settings.consumerKey.reveal())
        return "\(stateDirectory)/signer-\(fingerprint.hexadecimal).timestamp"
    }

    private static func make(_ settings: SchoologySettings, store: any TimestampStore) -> OAuthSigner {
        OAuthSigner(
            consumerKey: settings.consumerKey.reveal(), consumerSecret: settings.consumerSecret.reveal(),
            method: settings.signatureMethod == .plaintext ? .plaintext : .hmacSHA1, store: store,
            now: { Int64(Date().timeIntervalSince1970) },
            randomNonce: {
                String(UInt64.random(in: .min ... .max), radix: 36)
                    + String(UInt64.random(in: .min ... .max), radix: 36)
            })
    }
}

extension OAuthSigner: RequestSigner {}
