import Testing

@testable import Transport

/// How a URL becomes what libcurl and the server are told.
@Suite struct AddressTests {
    @Test(arguments: [
        ("sftp://sftp.clever.com/~/attendance.csv", "sftp://sftp.clever.com:22/~/t", "\"t\"", "sftp.clever.com"),
        ("SFTP://Sftp.Clever.com:22/~/a.csv", "sftp://sftp.clever.com:22/~/t", "\"t\"", "sftp.clever.com"),
        ("sftp://h:2222/~/in/a.csv", "sftp://h:2222/~/in/t", "\"in/t\"", "[h]:2222"),
        ("sftp://h/in/a.csv", "sftp://h:22/in/t", "\"/in/t\"", "h"),
        ("sftp://h/a.csv", "sftp://h:22/t", "\"/t\"", "h"),
        ("sftp://h/%7E/a.csv", "sftp://h:22/~/t", "\"t\"", "h"),
        ("sftp://h/~x/a.csv", "sftp://h:22/./~x/t", "\"/~x/t\"", "h"),
        ("sftp://h/a%20%22b/a.csv", "sftp://h:22/a%20%22b/t", "\"/a \\\"b/t\"", "h"),
        ("sftp://h/100%/a.csv", "sftp://h:22/100%25/t", "\"/100%/t\"", "h"),
        ("sftp://[::1]:2222/~/a.csv", "sftp://[::1]:2222/~/t", "\"t\"", "[::1]:2222"),
        ("sftp://[::1]/~/a.csv", "sftp://[::1]:22/~/t", "\"t\"", "::1"),
    ])
    func isTakenApart(_ url: String, _ temporary: String, _ argument: String, _ knownHost: String) throws {
        let address = try SFTPAddress(url)
        #expect(address.url(of: Array("t".utf8)) == temporary)
        #expect(address.argument(Array("t".utf8)) == argument)
        #expect(address.knownHost == knownHost)
    }

    /// Any name comes back from its own URL, and from libcurl's reading of the argument.
    @Test func anyNameSurvives() throws {
        var random = SystemRandomNumberGenerator()
        let letters = Array("ab~./ \"'\\%?#*\n\té*;$&=+,:@[]{}|^`<>").map(String.init)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in letters.randomElement(using: &random)! }
            let path = text.joined()
            let isInHome = Bool.random(using: &random)
            let encoded = path.utf8.map { byte in
                (0x61...0x7a).contains(byte) || (byte == 0x2f || byte == 0x7e) && Bool.random(using: &random)
                    ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
            let url = "sftp://h\(isInHome ? "/~/" : "/")\(encoded)"
            guard let address = try? SFTPAddress(url) else {
                let last = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
                #expect(
                    last.isEmpty || last == "." || last == ".." || path == "~" || !isInHome && path == "~/", "\(url)")
                continue
            }
            let again = try SFTPAddress(address.url(of: address.name))
            let full = "/\(path)"
            #expect(again.name == address.name, "\(url)")
            if address.isInHome {
                #expect(again == address, "\(url)")
                #expect(
                    read(address.argument(address.name))
                        == String((isInHome ? path : String(full.dropFirst(3))).drop { $0 == "/" }))
            } else {
                #expect(read(address.argument(address.name)) == full, "\(url)")
                // What libcurl would take for the home directory is told apart by a dot.
                #expect(!address.url(of: address.name).hasPrefix("sftp://h:22/~"), "\(url)")
            }
        }
    }

    /// `Curl_get_pathname` in libcurl's `lib/curl_path.c`, for a quoted name.
    private func read(_ argument: String) -> String? {
        var bytes = Array(argument.utf8)[...]
        guard bytes.popFirst() == UInt8(ascii: "\"") else { return nil }
        var name: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return bytes.isEmpty && !name.isEmpty ? String(decoding: name, as: UTF8.self) : nil
            case UInt8(ascii: "\\"):
                guard let next = bytes.popFirst(), [0x22, 0x27, 0x5c].contains(next) else { return nil }
                name.append(next)
            default: name.append(byte)
            }
        }
        return nil
    }
}
