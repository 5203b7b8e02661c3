/// A setting that is valid, and that this version of the program can't follow yet: it works without, and says so once
/// (`config.unused`).
public struct ConfigurationNotice: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    public var position: SourcePosition
    /// The district it is about; nil for `[service]`.
    public var district: String?
    /// Dotted, `district[0].schoology.poll_interval`.
    public var key: String
    public var reason: String

    public var line: Int { position.line }
    public var column: Int { position.column }

    /// `FILE:LINE:COLUMN: KEY: why it has no effect`.
    public var description: String { "\(file):\(position.line):\(position.column): \(key): \(reason)" }
}
