import Foundation
import Synchronization

/// The built program as a process of its own, its output in files.
final class Program: Sendable {
    /// Beside the bundle that these tests are in.
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("attendance-sync").path

    struct Ended: Sendable {
        var status: Int32
        var wasSignalled: Bool
        var output: String
        var log: String
    }

    let processID: Int32
    private let folder: URL
    private let process: Mutex<Process>

    init(_ arguments: [String], environment: [String: String] = [:], in parent: URL) throws {
        folder = parent.appendingPathComponent("process-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(folder.appendingPathComponent("out"))
        process.standardError = try Self.file(folder.appendingPathComponent("err"))
        try process.run()
        processID = process.processIdentifier
        self.process = Mutex(process)
    }

    deinit {
        process.withLock { process in
            if process.isRunning { kill(processID, SIGKILL) }
        }
    }

    private static func file(_ url: URL) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: url.path, contents: nil)
        return try FileHandle(forWritingTo: url)
    }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    /// What it has written to standard error so far.
    var log: String { text("err") }

    func signal(_ number: Int32) { kill(processID, number) }

    /// Waits for its end.
    func end(within limit: Duration = .seconds(60)) async throws -> Ended {
        try await eventually("the process ends", within: limit) { !self.isRunning }
        return process.withLock { process in
            Ended(
                status: process.terminationStatus, wasSignalled: process.terminationReason == .uncaughtSignal,
                output: text("out"), log: text("err"))
        }
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
