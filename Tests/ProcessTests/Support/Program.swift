import Foundation
import Synchronization

/// The built program as a process of its own, its output in files.
///
/// Started with `posix_spawn`: Foundation's `Process` crashes now and then when many start at once.
final class Program: Sendable {
    /// Beside the bundle that these tests are in.
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    struct Ended: Sendable {
        var status: Int32
        /// That ended it; 0: none.
        var signal: Int32
        var output: String
        var log: String
    }

    let processID: pid_t
    private let folder: URL
    /// What `waitpid` told, once it is over.
    private let result = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - product: a program of this package, or the path of another.
    ///   - openFiles: the limit of open files, soft and hard.
    ///   - disk: what it is to see.
    init(
        _ arguments: [String], of product: String = "attendance-sync", environment: [String: String] = [:],
        openFiles: Int? = nil, disk: SmallDisk? = nil, in parent: URL
    ) throws {
        folder = parent.appendingPathComponent("process-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let executable = product.hasPrefix("/") ? product : Self.products.appendingPathComponent(product).path
        let limited = openFiles.map { ["/bin/sh", "-c", "ulimit -n $0 && exec \"$@\"", "\($0)"] } ?? []
        processID = try Self.spawn(
            (disk?.entrance ?? []) + limited + [executable] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"].merging(Self.ofSanitizers) { $1 }
                .merging(environment) { $1 },
            output: folder.appendingPathComponent("out").path, log: folder.appendingPathComponent("err").path)
    }

    deinit {
        guard isRunning else { return }
        kill(processID, SIGKILL)
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }

    /// What `scripts/sanitize` has told this process holds for those that it starts as well.
    private static let ofSanitizers = ProcessInfo.processInfo.environment.filter {
        ["TSAN_OPTIONS", "LSAN_OPTIONS", "LD_PRELOAD"].contains($0.key)
    }

    /// Nothing of this process is handed on but the files: no descriptor, no blocked signal.
    private static func spawn(
        _ arguments: [String], environment: [String: String], output: String, log: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // A socket of a sandbox that stayed open in there could not be reset any more. Some may be opened between this
        // and the start; those that aren't open are passed over.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        for descriptor in 3..<max(open.max() ?? 3, 3) + 256 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var processID: pid_t = 0
        let code = posix_spawn(&processID, arguments[0], &actions, &attributes, words, variables)
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
        return processID
    }

    var isRunning: Bool {
        result.withLock { result in
            guard result == nil else { return false }
            var status: Int32 = 0
            guard waitpid(processID, &status, WNOHANG) != 0 else { return true }
            result = status
            return false
        }
    }

    /// What it has written to standard output so far.
    var output: String { text("out") }

    /// What it has written to standard error so far.
    var log: String { text("err") }

    func signal(_ number: Int32) {
        if isRunning { kill(processID, number) }
    }

    /// Waits for its end.
    func end(within limit: Duration = .seconds(180)) async throws -> Ended {
        do {
            try await eventually("the process ends", within: limit) { !self.isRunning }
        } catch {
            throw TookTooLong(what: "the process ends; its log:\n\(log)")
        }
        let status = result.withLock { $0 } ?? 0
        // As wait(2) has it: the signal in the low seven bits, the exit code above them.
        return Ended(
            status: status >> 8 & 0xFF, signal: status & 0x7F, output: text("out"), log: text("err"))
    }

    private func text(_ name: String) -> String {
        String(decoding: (try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data(), as: UTF8.self)
    }
}

/// Asks again and again until something holds; throws when it takes too long.
func eventually(
    _ what: String, within limit: Duration = .seconds(60), _ condition: () throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    while try !condition() {
        guard clock.now < deadline else { throw TookTooLong(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

struct TookTooLong: Error, CustomStringConvertible {
    var what: String

    var description: String { "it took too long until \(what)" }
}
