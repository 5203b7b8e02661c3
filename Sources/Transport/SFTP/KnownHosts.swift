import Crypto
import FoundationEssentials

/// The keys that a known-hosts file lists for one server (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT").
///
/// libcurl and libssh2 read that file too, but not as `ssh` does: the first hashed name of the file counts for any host
/// when they choose the kind of key to ask the server for, the first kind listed is the only one asked for, patterns
/// and `@revoked` aren't known, and a line that isn't understood ends the reading. So the lines for the server are
/// found here, and libcurl is given a file with nothing else in it.
struct KnownHosts: Equatable {
    private(set) var keys: [HostKeyType: [String]] = [:]

    /// - Parameter name: `host`, or `[host]:port` where the port isn't 22.
    init(_ text: String, name: String, host: String) {
        // A name with a port goes before one without, which counts for any port; `ssh` does the same.
        for name in name == host ? [host] : [name, host] where keys.isEmpty { collect(text, name) }
    }

    /// The kinds of keys that the file has, in the order to ask for them.
    var types: [HostKeyType] { HostKeyType.allCases.filter { keys[$0] != nil } }

    /// A file for libssh2: each key of that kind, under that name.
    func file(_ type: HostKeyType, name: String) -> String {
        (keys[type] ?? []).map { "\(name) \(type.rawValue) \($0)\n" }.joined()
    }

    private mutating func collect(_ text: String, _ name: String) {
        var revoked: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) where !line.drop(while: \.isWhitespace).hasPrefix("#") {
            var fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
            let marker = fields.first?.hasPrefix("@") == true ? fields.removeFirst() : nil
            guard fields.count >= 3, let type = HostKeyType(rawValue: fields[1]), Self.isKey(fields[2]),
                Self.lists(fields[0], name)
            else { continue }
            switch marker {
            case nil: keys[type, default: []].append(fields[2])
            case "@revoked": revoked.insert(fields[2])
            default: break
            }
        }
        keys = keys.mapValues { $0.filter { !revoked.contains($0) } }.filter { !$0.value.isEmpty }
    }

    /// libssh2 gives up on a line whose key is shorter than that, and on one longer than 4092 bytes.
    private static func isKey(_ text: String) -> Bool {
        (20...3500).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x2f...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == 0x2b || byte == 0x3d
            }
    }

    /// Whether a line's first field speaks of the server: patterns with commas between them, or one hashed name.
    private static func lists(_ field: String, _ name: String) -> Bool {
        if field.hasPrefix("|") { return isHash(field, of: name) }
        var isListed = false
        for pattern in field.lowercased().split(separator: ",") {
            if pattern.hasPrefix("!") {
                if matches(Array(pattern.utf8.dropFirst()), Array(name.utf8)) { return false }
            } else if matches(Array(pattern.utf8), Array(name.utf8)) {
                isListed = true
            }
        }
        return isListed
    }

    /// `|1|salt|hash`: HMAC-SHA1 of the name, as `ssh-keygen -H` writes it.
    private static func isHash(_ field: String, of name: String) -> Bool {
        let parts = field.split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1] == "1", let salt = Data(base64Encoded: String(parts[2])),
            let hash = Data(base64Encoded: String(parts[3]))
        else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            hash, authenticating: Data(name.utf8), using: SymmetricKey(data: salt))
    }

    /// `*` is any text, `?` any one byte.
    private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var (atPattern, atText) = (0, 0)
        var star: (pattern: Int, text: Int)?
        while atText < text.count {
            if atPattern < pattern.count, pattern[atPattern] == UInt8(ascii: "*") {
                star = (atPattern, atText)
                atPattern += 1
            } else if atPattern < pattern.count,
                pattern[atPattern] == text[atText] || pattern[atPattern] == UInt8(ascii: "?")
            {
                atPattern += 1
                atText += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (atPattern, atText) = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[atPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
