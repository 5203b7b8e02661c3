@testable import Transport

extension FuzzTarget {
    /// A known-hosts file: only keys that a line lists for the server, none that is revoked, and the file made of them
    /// for libssh2 lists just those.
    static let knownHosts = FuzzTarget(name: "known-hosts") { input throws(Finding) in
        let text = String(decoding: input, as: UTF8.self)
        let host = "sftp.clever.com"
        for name in [host, "[\(host)]:2222"] {
            let known = KnownHosts(text, name: name, host: host)
            for type in known.types {
                let keys = known.keys[type] ?? []
                try require(!keys.isEmpty, "a kind without keys")
                for key in keys {
                    try require(text.contains(key), "a key that the file doesn't have")
                    try require((20...3500).contains(key.utf8.count), "a key of \(key.utf8.count) bytes")
                    try require(!revoked(text).contains(key), "revoked: \(key)")
                }
                let file = known.file(type, name: name)
                let again = KnownHosts(file, name: name, host: host)
                try require(again.types == [type] && again.keys[type] == keys, "\(file) reads as \(again)")
            }
        }
    }

    /// Revocations in their simplest form: `@revoked * TYPE KEY`, for every host.
    private static func revoked(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: false)
            guard fields.count == 4, fields[0] == "@revoked", fields[1] == "*",
                HostKeyType(rawValue: String(fields[2])) != nil
            else { return nil }
            return String(fields[3])
        }
    }
}
