import Foundation
import Testing
import Triggers

/// The nginx configuration of docs/TRIGGERS.md, run by nginx.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")))
struct DocumentedProxyTests {
    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func nginxPassesTriggersOnAndKeepsThePathToItself() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "nginx-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let document = try String(contentsOf: Self.repository.appending(path: "docs/TRIGGERS.md"), encoding: .utf8)
        let block = try #require(document.firstMatch(of: /```nginx\n((?s).*?)```/)?.1)
        try await Bench.run { bench in
            // A port that is free now: nginx can't be asked which one it took.
            let probe = TriggerListener(address: "127.0.0.1", port: 0)
            try await probe.start()
            let port = try #require(probe.port)
            await probe.stop()
            let server = block.replacing("listen 443 ssl;", with: "listen 127.0.0.1:\(port) ssl;")
                .replacing("listen [::]:443 ssl;", with: "")
                .replacing("/etc/ssl/private/", with: directory + "/").replacing("/etc/ssl/", with: directory + "/")
                .replacing("/var/log/nginx/", with: directory + "/").replacing("/SECRET", with: Bench.path)
                .replacing("127.0.0.1:8787", with: "127.0.0.1:\(bench.port)")
            try """
            daemon off; master_process off; pid \(directory)/nginx.pid; error_log \(directory)/error.log;
            events {}
            http {
              client_body_temp_path \(directory)/body; proxy_temp_path \(directory)/proxy;
              fastcgi_temp_path \(directory)/fastcgi; uwsgi_temp_path \(directory)/uwsgi; scgi_temp_path \(directory)/scgi;
              \(server)
            }
            """.write(toFile: directory + "/nginx.conf", atomically: true, encoding: .utf8)
            let name = "attendance.example.org"
            _ = try await Self.run(
                "/usr/bin/openssl",
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) "
                    + "-keyout \(directory)/\(name).key -out \(directory)/\(name).pem")
            let nginx = Process()
            nginx.executableURL = URL(filePath: "/usr/sbin/nginx")
            nginx.arguments = ["-p", directory, "-e", "\(directory)/start.log", "-c", "\(directory)/nginx.conf"]
            try nginx.run()
            defer {
                kill(nginx.processIdentifier, SIGKILL)
                nginx.waitUntilExit()
            }
            try Bench.event.write(toFile: directory + "/event", atomically: true, encoding: .utf8)
            try LimitTests.event(bytes: LimitTests.limit + 1)
                .write(toFile: directory + "/large", atomically: true, encoding: .utf8)
            func status(_ arguments: String, path: String = Bench.path) async throws -> String {
                try await Self.run(
                    "/usr/bin/curl",
                    "-sk --retry 50 --retry-delay 1 --retry-connrefused --max-time 60 -o /dev/null -w %{http_code} "
                        + "\(arguments) https://127.0.0.1:\(port)\(path)")
            }
            #expect(try await status("--data @\(directory)/event") == "200")
            #expect(try await status("--http1.0 --data @\(directory)/event") == "200")
            #expect(try await status("-H Transfer-Encoding:chunked --data @\(directory)/event") == "200")
            #expect(bench.recorder.calls == Array(repeating: [TriggerEventTests.one], count: 3))
            #expect(try await status("") == "403")
            #expect(try await status("--data {}") == "400")
            #expect(try await status("--data @\(directory)/event", path: "/other") == "404")
            #expect(try await status("--data @\(directory)/event", path: Bench.path + "/") == "404")
            #expect(try await status("--data @\(directory)/large") == "413")
            #expect(bench.listener.counts == [.stored: 3, .notUnderstood: 1])
            // An outage is the worst for logs: each request is an error that nginx would like to quote.
            await bench.listener.stop()
            #expect(try await status("--retry 0 --data @\(directory)/event") == "502")
            for file in try FileManager.default.contentsOfDirectory(atPath: directory) where file.hasSuffix(".log") {
                #expect(try !String(contentsOfFile: directory + "/" + file, encoding: .utf8).contains("hooks"))
            }
        }
    }

    /// What the program prints.
    private static func run(_ path: String, _ arguments: String) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments.split(separator: " ").map(String.init)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let handle = output.fileHandleForReading
        return await offPool { String(decoding: handle.readDataToEndOfFile(), as: UTF8.self) }
    }
}
