/// What the secret path of a trigger's URL may be: something that a proxy hands on byte for byte and a stranger doesn't
/// guess.
enum TriggerPath {
    /// In characters, the first slash included.
    static let lengths = 32...1024

    /// RFC 3986's unreserved characters (section 2.3) and slashes; no segment that a proxy would resolve or merge.
    static func isValid(_ path: String) -> Bool {
        guard lengths.contains(path.utf8.count), path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(isAllowed)
        else { return false }
        return path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .allSatisfy { !["", ".", ".."].contains($0) }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
