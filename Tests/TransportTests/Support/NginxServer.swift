import Foundation

/// nginx with HTTP/2 over TLS on 127.0.0.1, for as long as the value lives.
final class NginxServer: Sendable {
    static let path = "/usr/sbin/nginx"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    let port: Int
    private let directory: String
    private let process: Process

    /// `settings` go into the only server block; `location` is what it does with a request.
    init(_ certificates: Certificates, _ name: String, settings: String = "", location: String) throws {
        directory = certificates.directory
        // The port is free when this returns; nginx can't be asked for an ephemeral one.
        let probe = try LoopbackServer { _ in }
        port = Int(probe.port)
        probe.stop()
        let configuration = """
            daemon off; master_process off; pid \(directory)/nginx.pid; error_log \(directory)/error.log;
            events {}
            http {
              access_log off;
              client_body_temp_path \(directory)/body; proxy_temp_path \(directory)/proxy;
              fastcgi_temp_path \(directory)/fastcgi; uwsgi_temp_path \(directory)/uwsgi; scgi_temp_path \(directory)/scgi;
              gzip on; gzip_types *; gzip_min_length 1; client_max_body_size 10m;
              server {
                listen 127.0.0.1:\(port) ssl http2;
                ssl_certificate \(directory)/\(name).pem; ssl_certificate_key \(directory)/\(name).key;
                \(settings)
                location / { \(location) }
              }
            }
            """
        try configuration.write(toFile: "\(directory)/nginx.conf", atomically: true, encoding: .utf8)
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = ["-p", directory, "-e", "\(directory)/error.log", "-c", "\(directory)/nginx.conf"]
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var url: String { "https://127.0.0.1:\(port)/" }

    deinit {
        // A child of a pool thread inherits its blocked signals; this one can't be blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
