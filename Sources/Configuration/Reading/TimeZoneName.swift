import Foundation

/// The names of the IANA time zone database.
enum TimeZoneName {
    /// True for names of the database; abbreviations such as `CST`, which mean several zones, are none.
    static func exists(_ name: String) -> Bool {
        guard name.utf8.allSatisfy({ byte in isNameByte(byte) }), TimeZone(identifier: name) != nil else {
            return false
        }
        return known.contains(name) || name == "UTC" || name == "GMT"
            || (name.contains("/") && known.contains { $0.hasPrefix(name.prefix { $0 != "/" } + "/") })
            || ["US/", "Canada/", "Etc/", "Brazil/", "Chile/", "Mexico/"].contains { name.hasPrefix($0) }
    }

    static func nearest(to name: String) -> String? {
        let wanted = name.replacing(" ", with: "_")
        let city = wanted.split(separator: "/").last.map(String.init) ?? wanted
        if let same = known.first(where: { $0.lowercased().hasSuffix("/" + city.lowercased()) }) { return same }
        guard let nearest = EditDistance.nearest(to: wanted, in: known), EditDistance.isNear(wanted, nearest) else {
            return nil
        }
        return nearest
    }

    private static let known = TimeZone.knownTimeZoneIdentifiers.sorted()

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "/"):
            true
        default: false
        }
    }
}
