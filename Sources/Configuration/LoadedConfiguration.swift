/// A configuration that is valid, and what its operator should know about it.
public struct LoadedConfiguration: Sendable, Hashable {
    /// The file as it was named on the command line.
    public var file: String
    public var configuration: ServiceConfiguration
    /// Settings that are valid and have no effect in this version, in the order of the file.
    public var notYetAvailable: [ConfigurationNotice]

    /// The settings that `run` and `once` must refuse with exit 78, since they would do something else than was asked.
    public var refusals: [ConfigurationNotice] { notYetAvailable.filter { $0.severity == .refusal } }
    /// The settings that are merely without effect: one `config.unused` each.
    public var unused: [ConfigurationNotice] { notYetAvailable.filter { $0.severity == .unused } }
}
