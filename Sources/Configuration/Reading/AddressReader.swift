import Foundation

/// Reads URLs and addresses. Errors don't show the value: it may carry a password.
enum AddressReader {
    /// `https://host[:port]`, without a slash at the end; `http://` for a loopback host.
    static func baseURL(_ key: String, _ reader: TableReader) -> String? {
        guard let text = reader.text(key) else { return nil }
        let form = "write scheme and host, such as \"https://api.example.com\""
        guard let parts = components(text), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            !host.isEmpty
        else {
            reader.report(key, "not a URL", form)
            return nil
        }
        guard scheme == "https" || scheme == "http" else {
            reader.report(key, "the scheme \(Printable.quoted(scheme)) is not possible here", "use https://")
            return nil
        }
        guard parts.user == nil, parts.password == nil else {
            reader.report(key, "a user name or password can't be part of the URL", form)
            return nil
        }
        guard parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil else {
            reader.report(key, "only scheme, host and port are wanted", "leave out the path and what follows it")
            return nil
        }
        guard isPort(parts.port, in: text) else {
            reader.report(key, "not a port", "use 1 to 65535, or leave it out")
            return nil
        }
        guard scheme == "https" || isLoopback(host) else {
            reader.report(
                key, "http:// would send the credentials readable over the network",
                "use https://; http:// is for 127.0.0.1, ::1 and localhost only")
            return nil
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// `sftp://host[:port]/path/to/file`.
    static func sftpURL(_ key: String, _ reader: TableReader) -> String? {
        guard let text = reader.text(key) else { return nil }
        let form = "write \"sftp://host:22/~/attendance.csv\"; /~/ is the home directory"
        guard let parts = components(text), parts.scheme?.lowercased() == "sftp", let host = parts.host, !host.isEmpty,
            isPort(parts.port, in: text)
        else {
            reader.report(key, "not an SFTP URL", form)
            return nil
        }
        guard parts.user == nil, parts.password == nil else {
            reader.report(
                key, "a user name or password can't be part of the URL", "use username_file and password_file")
            return nil
        }
        guard namesAFile(parts), parts.query == nil, parts.fragment == nil else {
            reader.report(key, "the URL doesn't name a file", form)
            return nil
        }
        return text
    }

    /// The command that prints the host key of a server.
    static func keyScan(sftpURL: String) -> String {
        let parts = components(sftpURL)
        let host = (parts?.host ?? "").filter { !"[]".contains($0) }
        return "ssh-keyscan" + (parts?.port.map { " -p \($0)" } ?? "") + " " + Printable.escaped(host)
    }

    /// Percent-encoding is read as libcurl does: control characters end its commands, a slash its names.
    private static func namesAFile(_ parts: URLComponents) -> Bool {
        let names = parts.percentEncodedPath.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            .map { $0.removingPercentEncoding ?? "" }
        guard let name = names.last, !["", ".", ".."].contains(name), names != ["~"] else { return false }
        return names.allSatisfy { name in
            !name.contains("/") && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
    }

    /// `127.0.0.1:8787`, `[::1]:8787` or `localhost:8787`.
    static func loopbackListener(_ key: String, _ reader: TableReader) -> String? {
        guard let text = reader.text(key) else { return nil }
        let form = "write a loopback address and a port, such as \"127.0.0.1:8787\""
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0,
            text[text.index(after: colon)...].utf8.first != UInt8(ascii: "+")
        else {
            reader.report(key, "\(Printable.quoted(text)) has no port", form)
            return nil
        }
        let host = String(text[..<colon])
        guard isLoopback(host), host != "::1" else {
            reader.report(
                key, "\(Printable.quoted(text)) is not a loopback address",
                form + "; a proxy with TLS stands between it and the network")
            return nil
        }
        return text
    }

    /// 127.0.0.0/8, ::1 (with or without brackets) and localhost. A name that merely begins like one is not.
    static func isLoopback(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host.lowercased()) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part) != nil }
    }

    private static func components(_ text: String) -> URLComponents? {
        guard text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 32 && $0.value != 127 }), !text.contains("\\")
        else { return nil }
        return URLComponents(string: text, encodingInvalidCharacters: false)
    }

    private static func isPort(_ port: Int?, in text: String) -> Bool {
        if let port { return (1...65_535).contains(port) }
        let authority = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first ?? ""
        return !authority.hasSuffix(":")
    }
}
