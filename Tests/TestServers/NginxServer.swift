import Foundation

/// nginx with HTTP/2 over TLS on 127.0.0.1, for as long as the value lives.
public final class NginxServer: Sendable {
    static let path = "/usr/sbin/nginx"
    public static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    public let port: Int
    private let directory: String
    private let name: String
    private let process: Process

    /// `settings` go into the only server block; `location` is what it does with a request.
    public init(_ certificates: Certificates, _ name: String, settings: String = "", location: String) throws {
        directory = certificates.directory
        self.name = name
        // The port is free when this returns; nginx can't be asked for an ephemeral one.
        port = try Self.freePort()
        let configuration = """
            daemon off; master_process off; pid \(directory)/\(name).pid; error_log \(directory)/error.log;
            events {}
            http {
              log_format exchange '$server_protocol $sent_http_content_encoding'; access_log \(directory)/\(name).log exchange;
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
        try configuration.write(toFile: "\(directory)/\(name).conf", atomically: true, encoding: .utf8)
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = ["-p", directory, "-e", "\(directory)/error.log", "-c", "\(directory)/\(name).conf"]
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    public var url: String { "https://127.0.0.1:\(port)/" }

    /// Of each request the protocol, and how its answer was encoded: `HTTP/2.0 gzip`.
    public var exchanges: [String] {
        let text = (try? String(contentsOfFile: "\(directory)/\(name).log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard result else { throw POSIXError(.EADDRINUSE) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    deinit {
        // A child of a pool thread inherits its blocked signals; this one can't be blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
