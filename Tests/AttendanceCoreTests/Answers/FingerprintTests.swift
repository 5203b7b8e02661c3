import AttendanceCore
import Testing

@Suite struct FingerprintTests {
    private func fingerprint(_ fields: String?...) -> String {
        var fingerprint = Fingerprint()
        for field in fields { fingerprint.add(field) }
        return fingerprint.hexadecimal
    }

    @Test func isTheSameInEveryProcess() {
        // FNV-1a's offset basis.
        #expect(fingerprint() == "cbf29ce484222325")
        #expect(fingerprint("a") == fingerprint("a"))
        #expect(fingerprint("a").count == 16)
    }

    @Test func fieldsDoNotRunTogether() {
        let all = [
            fingerprint("ab", "c"), fingerprint("a", "bc"), fingerprint("abc"), fingerprint("abc", ""),
            fingerprint("abc", nil), fingerprint("", "abc"), fingerprint(nil, "abc"),
        ]
        #expect(Set(all).count == all.count)
    }
}
