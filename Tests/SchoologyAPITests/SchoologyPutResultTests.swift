import AttendanceCore
import SchoologyAPI
import Testing

struct SchoologyPutResultTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func readsTheDocumentedExample() throws {
        #expect(try SchoologyAnswer.putResults(bytes(documentedPutAnswer)) == [ItemResult(code: 200)])
    }

    @Test func keepsTheOrderAndEveryPosition() throws {
        let results = try SchoologyAnswer.putResults(
            bytes(
                #"""
                {"attendance":[{"id":"1","response_code":"200"},{"response_code":403,"message":"No\naccess"},null,
                {"id":"2"},7,{"response_code":"many"},{"response_code":207,"message":""}]}
                """#))
        #expect(results.map(\.code) == [200, 403, nil, nil, nil, nil, 207])
        #expect(results.map(\.message) == [nil, "No access", nil, nil, nil, nil, nil])
    }

    @Test func readsOneObjectForAList() throws {
        #expect(
            try SchoologyAnswer.putResults(bytes(#"{"attendance":{"id":"1","response_code":"200"}}"#))
                == [ItemResult(code: 200)])
        #expect(try SchoologyAnswer.putResults(bytes(#"{"attendance":""}"#)).isEmpty)
    }

    @Test(arguments: ["{}", "[]", "", "<html>", #"{"attendance":"ok"}"#, #"{"message":"x"}"#])
    func refusesWhatHasNoResults(json: String) {
        #expect(throws: MalformedAnswer.self) { try SchoologyAnswer.putResults(bytes(json)) }
    }

    @Test func readsAnErrorsText() {
        #expect(SchoologyAnswer.message(bytes(#"{"message":"Gone"}"#)) == "Gone")
        #expect(SchoologyAnswer.message(bytes(#""Gone""#)) == "Gone")
        #expect(
            SchoologyAnswer.message(bytes("Duplicate timestamp/nonce combination\n"))
                == "Duplicate timestamp/nonce combination")
        #expect(SchoologyAnswer.message(bytes(String(repeating: "é", count: 5000)))?.count == 200)
        for none in ["", "\n", "<html>x</html>", "<?xml?>", "{}", "[]", "{\"message\"", "[1"] {
            #expect(SchoologyAnswer.message(bytes(none)) == nil)
        }
        #expect(SchoologyAnswer.message([0xFF, 0x80]) == nil)
    }
}
