/// `log_format`: how a line of the log is written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `key=value` pairs.
    case logfmt
    /// One JSON object.
    case json
}
