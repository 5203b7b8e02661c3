import Foundation
import Testing

@testable import Sandbox

/// Too few files may be open.
@Suite struct DescriptorTests {
    /// With 3 there is no process: the loader can't open the libraries.
    @Test(arguments: ["once", "run"]) func tooLowALimitIsSaidBeforeAnythingIsOpened(command: String) async throws {
        let place = try await Installation.make()
        for limit in command == "once" ? Array(4..<64) : [4, 5, 16, 63] {
            let ended = try await place.run(command, openFiles: limit)
            #expect(ended.status == 78, "\(limit): \(ended.log)")
            #expect(ended.log.contains("only \(limit) files may be open"), "\(limit)")
            #expect(ended.log.contains("LimitNOFILE="), "\(limit)")
        }
        #expect(place.sandbox.requests.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: place.stateFolder.path))
    }

    @Test(.enabled(if: OpenSSHServer.isInstalled, "apt-get install openssh-server"), arguments: [64, 65, 80])
    func theLeastThatIsAllowedIsEnough(limit: Int) async throws {
        let circle = try await Circle.make()
        let place = circle.place
        try circle.teach(place.pairs[0], 3)
        #expect(try await place.run("once", openFiles: limit).status == 0)
        let ended = try await place.run("once", "--upload", openFiles: limit)
        #expect(ended.status == 0, "\(ended.log)")
        try await circle.close()
    }

    @Test func eachDistrictTakesItsOwn() async throws {
        let place = try await Installation.make()
        try place.configure(.init(more: place.district("second")))
        let ended = try await place.run("once", openFiles: 64)
        #expect(ended.status == 78)
        #expect(ended.log.contains("96 are needed"))
        #expect(try await place.run("once", openFiles: 96).status == 0)
    }

    /// Where the machine is busy, the daemon may be ended: libdispatch then counts its threads in `/proc/TID/stat`, and traps
    /// where it can't open that. systemd starts it again.
    @Test(.enabled(if: access("/usr/bin/prlimit", X_OK) == 0, "prlimit is missing"))
    func aDaemonThatRunsOutOfThemRecoversByItself() async throws {
        let place = try await Installation.make()
        var daemon = try place.start("run")
        try await daemon.logs("cycle.finished")
        try Self.limit(daemon, to: 8)
        // Connections that are open go on, so they have to be made anew.
        let fault = place.sandbox.add(Fault(.reset, side: .clever))
        try await eventually("it names the limit, or is ended") {
            !daemon.isRunning
                || LogLine.all(daemon.log).contains {
                    $0.event == "cycle.failed" && $0.fields["repair"]?.contains("LimitNOFILE=") == true
                }
        }
        place.sandbox.removeFault(fault)
        try place.mark(place.pairs[0], "absent", code: "E")
        let finished = LogLine.all(daemon.log).count { $0.event == "cycle.finished" }
        try await eventually("it goes on, or is ended") {
            LogLine.all(daemon.log).count { $0.event == "cycle.finished" } >= finished + 2 || !daemon.isRunning
        }
        if daemon.isRunning {
            try Self.limit(daemon, to: 1024)
        } else {
            #expect(try await daemon.end().signal == SIGILL, "\(daemon.log)")
            daemon = try place.start("run")
        }
        try await eventually("the mark arrives") { try place.shown(place.pairs[0]) == 4 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.end().status == 0)
        #expect(try await place.run("once").status == 0)
        #expect(place.differences == [])
    }

    /// The soft limit of another process.
    private static func limit(_ program: Program, to count: Int) throws {
        let child = try SupervisedProcess(["/usr/bin/prlimit", "--pid", "\(program.processID)", "--nofile=\(count):"])
        child.stop()
        try #require(child.output.isEmpty, "\(child.output)")
    }
}
