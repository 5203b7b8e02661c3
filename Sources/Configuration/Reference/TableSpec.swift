/// One table of the configuration and its keys.
struct TableSpec: Sendable {
    /// Without indices: `district.clever.sftp`.
    let name: String
    /// An array of tables, `[[district]]`.
    var isRepeated = false
    /// Any key is allowed: the codes of a status map are the district's own.
    var isOpen = false
    let summary: String
    let keys: [KeySpec]

    var header: String { isRepeated ? "[[\(name)]]" : "[\(name)]" }
    /// The last part of the name, which is the key in the table around it.
    var key: String { String(name.split(separator: ".").last ?? "") }
    var parent: String { name.split(separator: ".").dropLast().joined(separator: ".") }

    func spec(of key: String) -> KeySpec? { keys.first { $0.name == key } }
}
