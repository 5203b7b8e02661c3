import AttendanceCore
import Transport

/// Everything that a district's engine knows of the world comes in here, so that a simulator can be the world.
public struct World: Sendable {
    /// The program's version. After an upgrade it goes over pages that the version before it has taken.
    public var version: String
    public var clock: any EngineClock
    public var transport: any HTTPTransport
    public var signer: any RequestSigner
    /// The way back to Clever; nil where nothing goes there.
    public var sftp: (any SFTPTransport)?
    public var events: any EventSink
    /// The school's calendar date at a moment, in the district's time zone.
    public var calendarDay: @Sendable (Timestamp) -> Day
    /// The overrides file as it is now; nil where there is none. Throws what is wrong with it.
    public var overrides: @Sendable () throws -> OverridesFile?
    /// What the jitter of retries is drawn from: 64 random bits.
    public var random: @Sendable () -> UInt64

    /// Called whenever a cycle gets somewhere, from the engine's own executor: what a watchdog goes by.
    public var progress: @Sendable (CycleProgress) -> Void

    public init(
        version: String = "", clock: any EngineClock, transport: any HTTPTransport, signer: any RequestSigner,
        sftp: (any SFTPTransport)? = nil, events: any EventSink,
        calendarDay: @escaping @Sendable (Timestamp) -> Day,
        overrides: @escaping @Sendable () throws -> OverridesFile?,
        random: @escaping @Sendable () -> UInt64, progress: @escaping @Sendable (CycleProgress) -> Void = { _ in }
    ) {
        self.version = version
        self.clock = clock
        self.transport = transport
        self.signer = signer
        self.sftp = sftp
        self.events = events
        self.calendarDay = calendarDay
        self.overrides = overrides
        self.random = random
        self.progress = progress
    }
}

/// The world's random bits as a generator.
struct WorldRandom: RandomNumberGenerator {
    let world: World

    mutating func next() -> UInt64 { world.random() }
}
