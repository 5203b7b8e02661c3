import AttendanceCore
import Testing

@Suite struct VerdictTests {
    @Test(arguments: [false, true])
    func everyItemCodeHasTheContractsVerdict(rosterRefreshed: Bool) {
        let retried: Set = [408, 409, 425, 429]
        for code in -1...700 {
            let expected: ItemVerdict =
                if code >= 200, code <= 299 {
                    .acknowledged
                } else if retried.contains(code) || code / 100 == 5 {
                    .retry
                } else if code == 404 {
                    rosterRefreshed ? .dead : .refreshRoster
                } else if code == 410 {
                    .suspendSection
                } else if code / 100 == 4 {
                    .dead
                } else {
                    .unknown
                }
            #expect(ItemVerdict.verdict(code: code, rosterRefreshed: rosterRefreshed) == expected, "code \(code)")
        }
        #expect(ItemVerdict.verdict(code: nil, rosterRefreshed: rosterRefreshed) == .unknown)
    }

    @Test func onlyAServersOwnFailureMayHideAWrite() {
        let doubtful = (100..<700).filter {
            ItemVerdict.verdict(code: $0, rosterRefreshed: false) == .retry && ItemVerdict.mayBeWritten(code: $0)
        }
        #expect(doubtful == [408] + Array(500..<600))
        #expect(ItemVerdict.mayBeWritten(code: nil))
    }

    @Test func everyAnswersStatusHasItsVerdict() {
        for status in -1...700 {
            let expected: RequestVerdict =
                switch status {
                case 200...299: .accepted
                case 401, 403: .refusedCredential
                case 404: .notFound
                case 408, 409, 425: .retry
                case 410: .gone
                case 429: .wait
                case 500...599: .retry
                // A redirect is not followed, as a signature is for one address, and says nothing for good: it comes
                // from a proxy.
                case 300...399: .retry
                case 400...499: .rejected
                default: .retry
                }
            #expect(RequestVerdict.verdict(status: status, message: nil) == expected, "status \(status)")
            #expect(RequestVerdict.verdict(status: status, message: "no such thing") == expected, "status \(status)")
        }
    }

    @Test(arguments: [
        "Duplicate timestamp/nonce combination", "Expired timestamp, yours 1", "NONCE already used", "Bad Timestamp",
    ])
    func a401AboutTimestampOrNonceIsSignedAgain(message: String) {
        #expect(RequestVerdict.verdict(status: 401, message: message) == .signAgain)
        #expect(RequestVerdict.verdict(status: 403, message: message) == .refusedCredential)
        #expect(RequestVerdict.verdict(status: 400, message: message) == .rejected)
    }

    @Test(arguments: ["", "Unauthorized", "Invalid consumer key", "timed out"])
    func anyOther401IsABadCredential(message: String) {
        #expect(RequestVerdict.verdict(status: 401, message: message) == .refusedCredential)
    }
}
