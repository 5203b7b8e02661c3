import ArgumentParser
import Foundation

enum Rerun {
    /// Dictionaries in one order in every process: what replays must not depend on the process. Starts this one again where
    /// they aren't.
    static func withOrderedDictionaries() throws {
        guard ProcessInfo.processInfo.environment["SWIFT_DETERMINISTIC_HASHING"] == nil else { return }
        setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
        let arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", arguments)
        throw ValidationError("can't start itself again")
    }
}
