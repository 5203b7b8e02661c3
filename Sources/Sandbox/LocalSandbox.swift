import FlyingSocks
import Synchronization

/// A local Clever and a local Schoology, with a district in them, on ports of the loopback address.
///
/// They keep to the real APIs' rules and can be told to misbehave. Everything is safe to call from any task.
public final class LocalSandbox: Sendable {
    public let settings: SandboxSettings
    /// `http://127.0.0.1:<port>`, without a slash at the end.
    public let cleverURL: String
    public let schoologyURL: String
    /// Where `/_sandbox/…` is.
    public let controlURL: String

    let core: SandboxCore
    /// Nil without sockets.
    let post: TriggerPost?
    private let service: Mutex<Task<Void, Never>?>

    /// Starts the servers; they answer once this returns.
    public static func start(_ settings: SandboxSettings) async throws -> LocalSandbox {
        try LocalSandbox(settings, pool: try await WireServer.pool)
    }

    /// Starts the servers with a district of that plan.
    public static func start(_ plan: DistrictPlan) async throws -> LocalSandbox {
        try await start(SandboxSettings(plan))
    }

    private init(_ settings: SandboxSettings, pool: some AsyncSocketPool) throws {
        self.settings = settings
        let core = SandboxCore(settings)
        self.core = core
        let post = TriggerPost(core: core, pool: pool)
        self.post = post
        if let url = settings.triggerURL {
            let parsed = try TriggerURL(url)
            core.withWorld { $0.schoology.triggers.url = parsed }
        }
        let clever = try WireServer(port: settings.cleverPort, pool: pool) {
            core.answer($0, from: .clever, baseURL: "")
        }
        let schoology = try WireServer(port: settings.schoologyPort, pool: pool) { request in
            core.answer(request, from: .schoology, baseURL: "http://\(request.headers["host"] ?? "")")
        }
        let control = try WireServer(port: settings.controlPort, pool: pool) { request in
            ControlService.answer(request, core: core)
        }
        cleverURL = clever.baseURL
        schoologyURL = schoology.baseURL
        controlURL = control.baseURL
        service = Mutex(
            Task {
                await withDiscardingTaskGroup { group in
                    group.addTask { await post.serve() }
                    group.addTask { await core.ingestNowAndThen() }
                    for server in [clever, schoology, control] { group.addTask { await server.serve() } }
                }
            })
    }

    /// The same two sides without sockets, for a caller that is the network: see ``answer(_:from:)``.
    public init(withoutSockets settings: SandboxSettings) {
        self.settings = settings
        core = SandboxCore(settings)
        post = nil
        cleverURL = "http://clever.simulated"
        schoologyURL = "http://schoology.simulated"
        controlURL = ""
        service = Mutex(nil)
    }

    deinit {
        service.withLock { $0?.cancel() }
    }

    /// Closes every connection and the ports.
    public func stop() async {
        let task = service.withLock { task in
            defer { task = nil }
            return task
        }
        task?.cancel()
        await task?.value
    }
}
