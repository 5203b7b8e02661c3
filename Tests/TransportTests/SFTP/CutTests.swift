import Foundation
import Sandbox
import Synchronization
import Testing
import Transport

/// Connections that end, hang or are given up: the real name has the old file, the new one or, between remove and
/// rename alone, none.
@Suite(.enabled(if: OpenSSHServer.isInstalled)) struct CutTests {
    @Test(arguments: [0, 10, 500, 1500, 2500, 4000, 5000, 20_000, 100_000, 1_000_000, 1_999_000])
    func cutAfterSoManyBytes(_ limit: Int) async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let proxy = try Proxy(to: folder.server.port) { before, now in before + now > limit ? .cut : .pass }
        defer { proxy.stop() }
        let error = await failure(of: try folder.request(sampleBytes(2_000_000), port: proxy.port))
        switch error {
        case .cannotConnect: #expect(limit < 10_000)
        case .cut(let renamed, _):
            #expect(limit > 1000)
            #expect(renamed == false)
        default: Issue.record("\(String(describing: error))")
        }
        #expect(folder.read() == DropFolder.old)
        // The next one heals it.
        try await CurlSFTPTransport().upload(folder.request([1]))
        #expect(folder.read() == [1])
        #expect(folder.names == ["attendance.csv"])
    }

    /// A login that is cut off once looks denied to libcurl, and isn't.
    @Test(arguments: [1200, 1300, 1400, 1500, 1600, 1700, 1800])
    func cutDuringTheLoginIsNoRefusal(_ limit: Int) async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let isFirst = Mutex(true)
        let proxy = try Proxy(to: folder.server.port) { before, now in
            guard before + now > limit else { return .pass }
            return isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst ? .cut : .pass
            }
        }
        defer { proxy.stop() }
        let request = try folder.request([1], port: proxy.port)
        do {
            try await CurlSFTPTransport().upload(request)
            #expect(proxy.connections == 2)
            #expect(folder.read() == [1])
        } catch {
            switch error {
            case .cannotConnect, .cut: #expect(folder.read() == DropFolder.old)
            default: Issue.record("\(error)")
            }
        }
    }

    /// All bytes were acknowledged, so the rename goes over a connection of its own.
    @Test func cutOnceBeforeTheRenameHealsAtOnce() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let bytes = sampleBytes(10_000)
        let isFirst = Mutex(true)
        let proxy = try Proxy(to: folder.server.port) { _, _ in
            isFirst.withLock { isFirst in
                guard isFirst, folder.read("attendance.csv.part") == bytes else { return .pass }
                isFirst = false
                return .cut
            }
        }
        defer { proxy.stop() }
        try await CurlSFTPTransport().upload(folder.request(bytes, port: proxy.port))
        #expect(folder.read() == bytes)
        #expect(proxy.connections == 2)
    }

    @Test func cutBeforeTheRename() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let bytes = sampleBytes(10_000)
        let proxy = try Proxy(to: folder.server.port) { _, _ in
            folder.read("attendance.csv.part") == bytes ? .cut : .pass
        }
        defer { proxy.stop() }
        let error = await failure(of: try folder.request(bytes, port: proxy.port))
        guard case .cut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(folder.read() == DropFolder.old)
    }

    @Test func cutBetweenRemoveAndRename() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let proxy = try Proxy(to: folder.server.port) { _, _ in folder.read() == nil ? .cut : .pass }
        defer { proxy.stop() }
        let error = await failure(of: try folder.request(sampleBytes(10_000), port: proxy.port))
        guard case .cut(renamed: nil, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(folder.read() == nil)
        #expect(folder.read("attendance.csv.part") == sampleBytes(10_000))
        try await CurlSFTPTransport().upload(folder.request([1]))
        #expect(folder.names == ["attendance.csv"])
    }

    /// The client's writes to the wire, one after the other, are each the last one. How they are bundled varies.
    @Test func cutAtEveryStep() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let new = sampleBytes(3000)
        var outcomes: Set<String> = []
        for last in 0... {
            try folder.write("attendance.csv", DropFolder.old)
            let writes = Mutex(0)
            let proxy = try Proxy(to: folder.server.port) { _, _ in
                writes.withLock { count in
                    defer { count += 1 }
                    return count < last ? .pass : .cut
                }
            }
            defer { proxy.stop() }
            let request = try folder.request(new, port: proxy.port)
            do {
                try await CurlSFTPTransport().upload(request)
                #expect(folder.read() == new)
                break
            } catch {
                switch error {
                case .cannotConnect, .cut(renamed: false, _):
                    #expect(folder.read() == DropFolder.old)
                    outcomes.insert("old")
                case .cut(renamed: nil, _):
                    let read = folder.read()
                    #expect(read == nil || read == new || read == DropFolder.old)
                    outcomes.insert(read == nil ? "none" : read == new ? "new" : "old")
                default: Issue.record("\(last): \(error)")
                }
            }
        }
        #expect(outcomes.contains("old"))
    }

    @Test func serverThatNeverSpeaks() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let silent = try LoopbackServer { $0.hang() }
        defer { silent.stop() }
        let request = try folder.request(port: Int(silent.port), timeout: .milliseconds(300))
        #expect(await failure(of: request) == .timedOut(renamed: false))
        let impatient = CurlSFTPTransport(connectTimeout: .milliseconds(300))
        let error = await failure(of: try folder.request(port: Int(silent.port)), by: impatient)
        #expect(error == .timedOut(renamed: false))
    }

    @Test func connectionThatHangsHalfWay() async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let proxy = try Proxy(to: folder.server.port) { before, _ in before > 50_000 ? .hold : .pass }
        defer { proxy.stop() }
        let request = try folder.request(sampleBytes(1_000_000), port: proxy.port, timeout: .seconds(2))
        #expect(await failure(of: request) == .timedOut(renamed: false))
        #expect(folder.read() == DropFolder.old)
        // The same, by the watch on its speed.
        let error = await failure(
            of: try folder.request(sampleBytes(1_000_000), port: proxy.port),
            by: CurlSFTPTransport(stallTimeout: .seconds(1)))
        #expect(error == .timedOut(renamed: false))
        #expect(folder.read() == DropFolder.old)
    }

    @Test(arguments: [0, 1000, 100_000])
    func cancelledTaskEndsItsUploadAtOnce(_ limit: Int) async throws {
        let folder = try DropFolder(hasOld: true)
        defer { folder.close() }
        let held = Signal()
        let proxy = try Proxy(to: folder.server.port) { before, _ in
            guard before >= limit else { return .pass }
            held.set()
            return .hold
        }
        defer { proxy.stop() }
        let request = try folder.request(sampleBytes(1_000_000), port: proxy.port)
        let task = Task { await failure(of: request) }
        await held.wait()
        task.cancel()
        #expect(await task.value == .cancelled)
        #expect(folder.read() == DropFolder.old)
    }

    @Test func uploadOfACancelledTaskIsNeverBegun() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let request = try folder.request()
        let error = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure(of: request)
        }.value
        #expect(error == .cancelled)
        #expect(!folder.server.log.contains("Connection from"))
    }

    @Test func serverThatIsNotSSH() async throws {
        let folder = try DropFolder()
        defer { folder.close() }
        let server = try LoopbackServer { connection in
            connection.answer()
            connection.hang()
        }
        defer { server.stop() }
        let error = await failure(of: try folder.request(port: Int(server.port), timeout: .seconds(2)))
        switch error {
        case .cannotConnect, .timedOut: break
        default: Issue.record("\(String(describing: error))")
        }
    }
}
