/// A configuration that is valid, and what its operator should know about it.
public struct LoadedConfiguration: Sendable, Hashable {
    /// The file as it was named on the command line.
    public var file: String
    public var configuration: ServiceConfiguration
    /// Settings that are valid and not followed as they stand, in the order of the file.
    public var notices: [ConfigurationNotice]
}
