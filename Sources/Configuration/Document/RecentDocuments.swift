import Synchronization

/// The documents that were parsed last.
///
/// TOMLKit never frees what it has parsed (some ten kilobytes for each district), and a daemon whose credential is
/// refused reads its configuration after each cycle. So the same bytes are parsed once.
final class RecentDocuments: Sendable {
    private struct Entry {
        var file: String
        var bytes: [UInt8]
        var result: Result<ConfigurationDocument, ConfigurationError>
    }

    typealias Parse = @Sendable ([UInt8], _ file: String) throws(ConfigurationError) -> ConfigurationDocument

    static let shared = RecentDocuments { bytes, file throws(ConfigurationError) in
        try ConfigurationDocument(bytes, file: file)
    }
    private static let capacity = 4

    private let parse: Parse

    /// The last used one is the last.
    private let entries = Mutex<[Entry]>([])

    init(parse: @escaping Parse) { self.parse = parse }

    /// - Throws: what is wrong with the file.
    func document(_ bytes: [UInt8], file: String) throws(ConfigurationError) -> ConfigurationDocument {
        let result = entries.withLock { [parse] entries in
            let entry: Entry
            if let index = entries.firstIndex(where: { $0.file == file && $0.bytes == bytes }) {
                entry = entries.remove(at: index)
            } else {
                let parsed = Result { () throws(ConfigurationError) in try parse(bytes, file) }
                entry = Entry(file: file, bytes: bytes, result: parsed)
                if entries.count == Self.capacity { entries.removeFirst() }
            }
            entries.append(entry)
            return entry.result
        }
        return try result.get()
    }
}
