/// The folder for secrets beside the configuration. The unit hands it to the service as one credential
/// (`LoadCredential=secrets:/etc/attendance-sync/secrets`): systemd.exec(5) then names each file of it `secrets_NAME`.
public enum SecretsFolder {
    public static let name = "secrets"
    private static let prefix = name + "_"

    public static func credential(of file: String) -> String { prefix + file }

    /// - Returns: nil for a credential that is none of the folder's.
    public static func file(ofCredential credential: some StringProtocol) -> String? {
        credential.hasPrefix(prefix) ? String(credential.dropFirst(prefix.count)) : nil
    }
}
