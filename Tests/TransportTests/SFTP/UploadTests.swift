import Foundation
import Sandbox
import Testing
import Transport

/// Uploads that succeed, against a real OpenSSH server.
@Suite(.enabled(if: OpenSSHServer.isInstalled)) struct UploadTests {
    @Test(arguments: [0, 1, 200, 16384, 65536, 65537, 5_000_000])
    func putsTheFileThereAsItIs(_ count: Int) async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let bytes = sampleBytes(count)
        try await CurlSFTPTransport().upload(folder.request(bytes))
        #expect(folder.read() == bytes)
        #expect(folder.names == ["attendance.csv"])
    }

    @Test(arguments: [0, 1, 100_000])
    func replacesTheFileOfAnHourAgo(_ count: Int) async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let bytes = sampleBytes(count)
        try await CurlSFTPTransport().upload(folder.request(bytes))
        #expect(folder.read() == bytes)
        #expect(folder.names == ["attendance.csv"])
    }

    @Test func oneConnectionDoesForAllSteps() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let proxy = try Proxy(to: folder.server.port) { _, _ in .pass }
        defer { proxy.stop() }
        try await CurlSFTPTransport().upload(folder.request(sampleBytes(1000), port: proxy.port))
        #expect(folder.read() == sampleBytes(1000))
        #expect(proxy.connections == 1)
    }

    @Test func overwritesWhatAnEarlierUploadLeft() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        try folder.write("attendance.csv.part", sampleBytes(50_000))
        try await CurlSFTPTransport().upload(folder.request(sampleBytes(1000)))
        #expect(folder.read() == sampleBytes(1000))
        #expect(folder.names == ["attendance.csv"])
    }

    // A user with a password is made for the server alone, which needs root.
    @Test(.enabled(if: OpenSSHServer.canMakeUsers)) func logsInWithAPassword() async throws {
        let folder = try DropFolder(login: .password)
        defer { folder.close() }
        try await CurlSFTPTransport().upload(folder.request([1, 2, 3]))
        #expect(folder.read() == [1, 2, 3])
    }

    @Test(arguments: [
        "/~/sub/attendance.csv", "/~/a%20b.csv", "/~/%22q%22.csv", "/~/it's.csv", "/~/back%5Cslash.csv",
        "/~/100%25.csv", "/~/~tilde.csv", "/~/caf%C3%A9.csv", "/~/what?.csv", "/~/%0Aline.csv", "/~/sp%20ace/x.csv",
        "/~/-rf.csv", "/~/*.csv", "/~//sub//x.csv",
    ])
    func findsNamesOfAllKinds(_ path: String) async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        for name in ["sub", "sp ace"] {
            try FileManager.default.createDirectory(
                atPath: folder.path(name), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
            chmod(folder.path(name), 0o777)
        }
        let relative = try #require(String(path.dropFirst(3)).removingPercentEncoding)
        // New, then replaced.
        for bytes: [UInt8] in [[1, 2, 3], [4, 5]] {
            try await CurlSFTPTransport().upload(
                folder.request(bytes, url: "sftp://127.0.0.1:\(folder.server.port)\(path)"))
            #expect(folder.read(relative) == bytes)
        }
        #expect(!folder.names.contains("attendance.csv.part"))
    }

    // The folder is /drop in the server's own root, which needs root.
    @Test(.enabled(if: OpenSSHServer.canMakeUsers), arguments: ["/drop/a.csv", "/drop/./~b.csv", "//drop/c%20d.csv"])
    func takesAbsolutePathsToo(_ path: String) async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        try await CurlSFTPTransport().upload(
            folder.request([1], url: "sftp://127.0.0.1:\(folder.server.port)\(path)"))
        #expect(folder.names.count == 1)
    }

    @Test func uploadsAtTheSameTimeDoNotMeet() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        try await withThrowingTaskGroup { group in
            for index in 0..<8 {
                var request = try folder.request(
                    sampleBytes(1000 * index), url: folder.server.url(file: "district-\(index).csv"))
                request.temporaryName = "district-\(index).part"
                group.addTask { [request] in try await CurlSFTPTransport().upload(request) }
            }
            try await group.waitForAll()
        }
        for index in 0..<8 { #expect(folder.read("district-\(index).csv") == sampleBytes(1000 * index)) }
    }
}
