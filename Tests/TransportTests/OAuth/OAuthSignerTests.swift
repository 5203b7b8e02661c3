import Synchronization
import Testing

@testable import Transport

@Suite struct OAuthSignerTests {
    final class Wall: Sendable {
        let seconds: Mutex<Int64>
        init(_ seconds: Int64) { self.seconds = Mutex(seconds) }
        func set(_ value: Int64) { seconds.withLock { $0 = value } }
        var now: @Sendable () -> Int64 { { self.seconds.withLock { $0 } } }
    }

    let request = HTTPRequest(.get, "https://api.schoology.com/v1/x")

    func signer(_ wall: Wall, _ store: any TimestampStore) -> OAuthSigner {
        let count = Wall(0)
        return OAuthSigner(
            consumerKey: "key", consumerSecret: "secret", method: .hmacSHA1, store: store, now: wall.now,
            randomNonce: {
                count.seconds.withLock {
                    $0 += 1
                    return "nonce\($0)"
                }
            })
    }

    func value(_ name: String, _ header: HTTPHeader) -> String? {
        header.value.split(separator: ",").first { $0.hasPrefix(name + "=\"") }
            .map { String($0.dropFirst(name.count + 2).dropLast()) }
    }

    func timestamp(_ signer: OAuthSigner) throws -> Int64? {
        value("oauth_timestamp", try signer.authorization(for: request)).flatMap { Int64($0) }
    }

    @Test func givesEveryAttemptANonceOfItsOwn() throws {
        let signer = signer(Wall(1000), MemoryTimestampStore())
        let nonces = try (0..<50).map { _ in value("oauth_nonce", try signer.authorization(for: request)) }
        #expect(Set(nonces).count == 50)
    }

    @Test func neverGoesBackWhenTheClockDoes() throws {
        let wall = Wall(1000)
        let signer = signer(wall, MemoryTimestampStore())
        #expect(try timestamp(signer) == 1000)
        wall.set(400)
        #expect(try timestamp(signer) == 1000)
        wall.set(1001)
        #expect(try timestamp(signer) == 1001)
    }

    @Test func startsWhereTheLastProcessEnded() throws {
        let signer = signer(Wall(1000), MemoryTimestampStore(last: 5000))
        #expect(try timestamp(signer) == 5000)
    }

    @Test func takesTheServersTimeWhereItsOwnClockIsBehind() throws {
        let wall = Wall(784_111_777 - 3600)
        let signer = signer(wall, MemoryTimestampStore())
        signer.learn(serverDate: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(try timestamp(signer) == 784_111_777)
        wall.set(784_111_777 - 3590)
        #expect(try timestamp(signer) == 784_111_787)
    }

    @Test func keepsItsOwnTimeWhereTheServerIsBehindOrTalksNonsense() throws {
        let signer = signer(Wall(784_111_777 + 60), MemoryTimestampStore())
        signer.learn(serverDate: "Sun, 06 Nov 1994 08:49:37 GMT")
        signer.learn(serverDate: "tomorrow")
        #expect(try timestamp(signer) == 784_111_837)
    }

    @Test func forgetsAnOffsetThatAClockSetRightMakesWrong() throws {
        let wall = Wall(784_111_777 - 3600)
        let signer = signer(wall, MemoryTimestampStore())
        signer.learn(serverDate: "Sun, 06 Nov 1994 08:49:37 GMT")
        wall.set(784_111_777)
        signer.learn(serverDate: "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(try timestamp(signer) == 784_111_777)
    }

    @Test(arguments: [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
        ("Fri, 31 Dec 2100 00:00:00 GMT", 4_133_894_400),
    ])
    func readsTheDateHeader(_ text: String, _ seconds: Int64) {
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:+7 GMT",
    ])
    func readsNoOtherDate(_ text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
