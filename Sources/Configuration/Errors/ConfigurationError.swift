/// One thing that is wrong with the configuration, where, and what would be right. It never shows a secret.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named on the command line.
    public var file: String
    /// Nil when the file itself can't be read.
    public var position: SourcePosition?
    /// Dotted, `district[0].clever.poll_interval`; empty when it is about the whole file.
    public var key: String
    public var message: String
    public var hint: String

    public init(file: String, position: SourcePosition?, key: String, message: String, hint: String) {
        self.file = file
        self.position = position
        self.key = key
        self.message = message
        self.hint = hint
    }

    public var line: Int? { position?.line }
    public var column: Int? { position?.column }

    /// `FILE:LINE:COLUMN: KEY: what is wrong; what would be right`.
    public var description: String { "\(finding); \(hint)" }

    /// `FILE:LINE:COLUMN: KEY: what is wrong`.
    public var finding: String {
        var place = file
        if let position { place += ":\(position.line):\(position.column)" }
        if !key.isEmpty { place += ": " + key }
        return "\(place): \(message)"
    }
}
