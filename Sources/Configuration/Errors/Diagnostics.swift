/// Collects what a reading of the configuration finds.
final class Diagnostics {
    let file: String
    private let locator: KeyLocator
    private(set) var errors: [ConfigurationError] = []
    private(set) var notices: [ConfigurationNotice] = []

    init(file: String, locator: KeyLocator) {
        self.file = file
        self.locator = locator
    }

    func report(_ path: ConfigurationPath, _ message: String, _ hint: String) {
        errors.append(
            ConfigurationError(
                file: file, position: locator.position(of: path), key: path.description, message: message, hint: hint))
    }

    func notice(_ path: ConfigurationPath, district: String?, _ reason: String) {
        notices.append(
            ConfigurationNotice(
                file: file, position: locator.position(of: path), district: district,
                key: path.description, reason: reason))
    }
}
