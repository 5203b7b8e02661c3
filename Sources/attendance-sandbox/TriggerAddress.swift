import Sandbox

/// Where the daemon listens for triggers: a free port of this machine, and a path that nobody guesses.
struct TriggerAddress {
    let port: Int
    let path: String

    init() throws {
        port = try LoopbackPort.free()
        path = "/" + (0..<3).map { _ in String(UInt64.random(in: 1 << 60 ... .max), radix: 16) }.joined()
    }

    /// As `listen` has it.
    var listen: String { "127.0.0.1:\(port)" }
    var url: String { "http://\(listen)\(path)" }
}
