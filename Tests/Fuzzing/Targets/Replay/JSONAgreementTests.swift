import Testing

/// The daemon's reader against Foundation's decoder.
@Suite struct JSONAgreementTests {
    @Test(arguments: 0..<8)
    func whatIsJSONBothReadAlike(seed: UInt64) throws {
        var texts = JSONMutations(seed: seed)
        for _ in 0..<2000 {
            let bytes = texts.whole()
            let theirs = try #require(JSONTree.foundations(bytes))
            let ours = try #require(JSONTree.ours(bytes), "\(String(decoding: bytes, as: UTF8.self))")
            #expect(ours.agrees(with: theirs), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test(arguments: 0..<8)
    func whatIsDamagedTheyReadAlikeWhereBothAcceptIt(seed: UInt64) {
        var texts = JSONMutations(seed: seed)
        var compared = 0
        for _ in 0..<5000 {
            let bytes = texts.damaged()
            guard let theirs = JSONTree.foundations(bytes), let ours = JSONTree.ours(bytes) else { continue }
            compared += 1
            #expect(ours.agrees(with: theirs), "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(compared > 500)
    }
}
