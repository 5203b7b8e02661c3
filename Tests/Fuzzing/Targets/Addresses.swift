@testable import Transport

extension FuzzTarget {
    /// The SFTP URL of the configuration, as it goes to libcurl.
    static let addresses = FuzzTarget(name: "addresses") { input throws(Finding) in
        let text = String(decoding: input, as: UTF8.self)
        guard let address = try? SFTPAddress(text) else { return }
        let url = address.url(of: address.name)
        try require(url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "bytes that no URL has: \(url)")
        try require(!address.name.contains(UInt8(ascii: "/")) && !address.name.isEmpty, "the name \(address.name)")
        // A name that looks like the home directory is written in another form, which means the same to libcurl.
        if !(address.directory + address.name).starts(with: "/~".utf8) {
            try require((try? SFTPAddress(url)) == address, "\(url) is read as another address than \(address)")
        }
        let argument = Array(address.argument(address.name).utf8)
        try require(argument.first == UInt8(ascii: "\"") && argument.last == UInt8(ascii: "\""), "\(argument)")
        try require(unquoted(argument) == address.directory + address.name, "\(argument) names another file")
    }

    /// As libcurl takes the argument of a command apart; nil where it ends before its end.
    private static func unquoted(_ argument: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = argument.dropFirst().dropLast()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return nil
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                bytes.append(next)
            default: bytes.append(byte)
            }
        }
        return bytes
    }
}
