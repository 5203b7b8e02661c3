/// What `ConfigurationFile` has written.
struct ConfigurationFiles {
    let configuration: String
    let passwordFile: String?
    let privateKeyFile: String?
    let knownHostsFile: String?
}
