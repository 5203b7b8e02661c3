/// Where triggers are sent. Only to this machine: a sandbox has no business with another.
struct TriggerURL: Sendable, Hashable, CustomStringConvertible {
    let port: UInt16
    /// Path and query.
    let target: String
    let description: String

    /// Takes `http://127.0.0.1:<port>/…` and `http://localhost:<port>/…`, which is the same address here.
    init(_ text: String) throws(SandboxError) {
        let scheme = "http://"
        guard text.hasPrefix(scheme), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .notLoopback(text)
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, ["127.0.0.1", "localhost"].contains(host), parts.count <= 2 else {
            throw .notLoopback(text)
        }
        guard let port = parts.count == 1 ? 80 : UInt16(parts[1]), port > 0 else { throw .notLoopback(text) }
        let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
        self.port = port
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
        description = text
    }
}
