import ArgumentParser
import Sandbox

/// How much the servers let a client do.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Requests a minute that Clever allows.", valueName: "n"))
    var cleverRate = 1200

    @Option(help: ArgumentHelp("Credits in a window that Schoology allows.", valueName: "n"))
    var schoologyCredits = 15

    @Option(help: ArgumentHelp("Schoology's window.", valueName: "duration"))
    var schoologyWindow = Seconds(5)

    @Option(help: ArgumentHelp("Credits that a read takes.", valueName: "n"))
    var schoologyReadCost = 1

    @Option(help: ArgumentHelp("Credits that a write takes.", valueName: "n"))
    var schoologyWriteCost = 3

    @Option(help: ArgumentHelp("How far a signature's timestamp may be off.", valueName: "duration"))
    var schoologySkew = Seconds(300)

    @Option(help: ArgumentHelp("Clever's port; 0: any.", valueName: "port"))
    var cleverPort: UInt16 = 0

    @Option(help: ArgumentHelp("Schoology's port; 0: any.", valueName: "port"))
    var schoologyPort: UInt16 = 0

    @Option(help: ArgumentHelp("The control endpoint's port; 0: any.", valueName: "port"))
    var controlPort: UInt16 = 0

    func validate() throws {
        guard cleverRate > 0 else { throw ValidationError("--clever-rate must be positive") }
        guard schoologyReadCost > 0, schoologyWriteCost > 0,
            schoologyCredits >= max(schoologyReadCost, schoologyWriteCost)
        else { throw ValidationError("--schoology-credits must pay for one request of either kind") }
    }

    func apply(to settings: inout SandboxSettings) {
        settings.cleverRequestsPerMinute = cleverRate
        settings.schoologyCredits = schoologyCredits
        settings.schoologyWindowMilliseconds = Int64(schoologyWindow.count) * 1000
        settings.schoologyReadCost = schoologyReadCost
        settings.schoologyWriteCost = schoologyWriteCost
        settings.schoologyAllowedSkew = schoologySkew.count
        settings.cleverPort = cleverPort
        settings.schoologyPort = schoologyPort
        settings.controlPort = controlPort
    }
}
