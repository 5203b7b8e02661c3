import Testing
import Triggers

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8787", "127.0.0.1:8787"), ("localhost:1", "127.0.0.1:1"), ("[::1]:65535", "[::1]:65535"),
        ("127.9.9.9:5", "127.9.9.9:5"),
    ])
    func readsWhatTheConfigurationAllows(text: String, expected: String) {
        #expect(ListenAddress(text).map { "\($0)" } == expected)
    }

    @Test(arguments: ["0.0.0.0:80", "[::]:80", "::1:80", "10.0.0.1:80", "127.0.0.1", "127.0.0.1:99999", "host:80", ""])
    func readsNothingElse(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test func anAddressOfTheNetworkIsRefused() async {
        for address in ["0.0.0.0", "::", "192.0.2.1", "example.org", ""] {
            let listener = TriggerListener(address: address, port: 0)
            await #expect(throws: TriggerListenerError.notLoopback(ListenAddress(address: address, port: 0))) {
                try await listener.start()
            }
        }
    }

    @Test func anAddressInUseIsAFactWithItsRepair() async throws {
        try await Bench.run { bench in
            let second = TriggerListener(address: "127.0.0.1", port: bench.port)
            let error = await #expect(throws: TriggerListenerError.self) { try await second.start() }
            #expect(error == .addressInUse(second.address))
            #expect(error?.repair.contains("ss -ltnp 'sport = :\(bench.port)'") == true)
            await second.stop()
            await #expect(throws: TriggerListenerError.alreadyStarted) { try await bench.listener.start() }
        }
    }
}
