/// Where an upload goes: an `sftp://` URL, taken apart once, and put together again as libcurl and the server need it.
///
/// libcurl has two notations for one file. In a URL, `/~/` is the home directory (its `lib/curl_path.c`: so is any path
/// that begins with `/~`, three bytes of which it drops), and everything else is absolute. In the commands that come
/// after the upload, a quoted name reaches the server as it is: without a slash at the front it is relative to the
/// directory that the server starts in, which is what libcurl takes for the home directory.
struct SFTPAddress: Equatable {
    /// Lower case; an IPv6 address without its brackets.
    let host: String
    let port: Int
    /// True when `directory` is relative to the home directory.
    let isInHome: Bool
    /// Not encoded; empty or ending with a slash. Begins with one unless `isInHome`.
    let directory: [UInt8]
    /// Not encoded; never empty, no slash in it.
    let name: [UInt8]

    /// - Throws: `.unusableAddress` when `url` isn't an SFTP URL of a file.
    init(_ url: String) throws(SFTPError) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), !url.contains("\\"),
            let parts = URLParts(url), parts.scheme == "sftp"
        else { throw .unusableAddress(detail: "not an SFTP URL, percent-encoded") }
        guard !url.drop(while: { $0 != ":" }).dropFirst(3).prefix(while: { $0 != "/" && $0 != "?" }).contains("@")
        else {
            throw .unusableAddress(detail: "a user name or a password can't be part of the URL")
        }
        host = parts.host.hasPrefix("[") ? String(parts.host.dropFirst().dropLast()) : parts.host
        let isName = host.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x2e || byte == 0x5f
                || (byte == 0x3a && parts.host.hasPrefix("["))
        }
        guard isName, !host.isEmpty, parts.port != 0 else { throw .unusableAddress(detail: "not a host and port") }
        port = parts.port ?? 22

        // In an SFTP URL a question mark is part of the name.
        var path = Self.decode(parts.query.map { "\(parts.path)?\($0)" } ?? parts.path)
        isInHome = path.starts(with: "/~/".utf8)
        if isInHome { path = Array(path.dropFirst(3).drop { $0 == UInt8(ascii: "/") }) }
        let nameStart = path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        directory = Array(path[..<nameStart])
        name = Array(path[nameStart...])
        guard Self.isFileName(name), path != Array("/~".utf8), !path.contains(0),
            String(validating: directory, as: UTF8.self) != nil
        else {
            throw .unusableAddress(detail: "the URL doesn't name a file")
        }
    }

    /// Another file in the same directory.
    func sibling(_ name: String) -> SFTPAddress {
        SFTPAddress(host: host, port: port, isInHome: isInHome, directory: directory, name: Array(name.utf8))
    }

    private init(host: String, port: Int, isInHome: Bool, directory: [UInt8], name: [UInt8]) {
        self.host = host
        self.port = port
        self.isInHome = isInHome
        self.directory = directory
        self.name = name
    }

    /// The URL of a file in the same directory, for libcurl to read (with `CURLOPT_PATH_AS_IS`).
    func url(of name: [UInt8]) -> String {
        // `/~name` is not the home directory, though libcurl would think so.
        let isLikeHome = (directory + name).starts(with: "/~".utf8)
        let prefix = isInHome ? "/~/" : isLikeHome ? "/." : ""
        let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return "sftp://\(authority)\(prefix)\(Self.encode(directory))\(Self.encode(name))"
    }

    /// The URL of the directory: with `CURLOPT_NOBODY` libcurl only runs commands there.
    var directoryURL: String { url(of: []) }

    /// A file in the same directory, as an argument of libcurl's SFTP commands: quoted, so that a space doesn't end it.
    func argument(_ name: [UInt8]) -> String {
        var argument: [UInt8] = [UInt8(ascii: "\"")]
        for byte in directory + name {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { argument.append(UInt8(ascii: "\\")) }
            argument.append(byte)
        }
        argument.append(UInt8(ascii: "\""))
        return String(decoding: argument, as: UTF8.self)
    }

    /// How the server's keys are listed in a known-hosts file (sshd(8)).
    var knownHost: String { port == 22 ? host : "[\(host)]:\(port)" }

    static func isFileName(_ name: [UInt8]) -> Bool {
        !name.isEmpty && name != Array(".".utf8) && name != Array("..".utf8) && !name.contains(0)
            && !name.contains(UInt8(ascii: "/"))
            // libcurl takes commands as text.
            && String(validating: name, as: UTF8.self) != nil
    }

    /// RFC 3986 section 2.1; a percent sign that isn't followed by two digits is itself, as to libcurl.
    private static func decode(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = Character(UnicodeScalar(bytes[index + 1])).hexDigitValue,
                let low = Character(UnicodeScalar(bytes[index + 2])).hexDigitValue
            {
                decoded.append(UInt8(high << 4 | low))
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    /// Everything but the unreserved characters of RFC 3986 section 2.3 and the slash.
    private static func encode(_ bytes: [UInt8]) -> String {
        var encoded = ""
        for byte in bytes {
            switch byte {
            case 0x2d...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a, 0x7e: encoded.unicodeScalars.append(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
