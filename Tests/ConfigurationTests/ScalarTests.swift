import Testing

@testable import Configuration

@Suite struct ScalarTests {
    @Test(arguments: [
        "true", "false", "inf", "+inf", "-nan", "0", "+0", "-17", "1_000", "0.5", "6.626e-34", "1e06", "5E+22",
        "0xDEAD_beef", "0o755", "0b1101_0", "1979-05-27", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00.999-07:00",
        "1979-05-27t07:32:00", "07:32:00", "00:32:00.5", "12 ", "12\t\r",
    ])
    func isWellFormed(text: String) {
        #expect(Scalar.isWellFormed(Array(text.utf8)[...]))
    }

    /// The one with a caret made toml++ end the program.
    @Test(arguments: [
        "", " ", "True", "yes", "north", "01", "1_", "_1", "1__0", ".5", "5.", "1.e3", "0x", "0xG", "0o8", "+0x1",
        "1979-05-27T^07:32:00Z", "1979-05-27T", "1979-5-27", "07:32", "1979-05-27T07:32:00Z+01:00", "1 2", "}",
        "\u{201C}north\u{201D}", "\u{A0}1", String(repeating: "1", count: 300),
    ])
    func isNot(text: String) {
        #expect(!Scalar.isWellFormed(Array(text.utf8)[...]))
    }
}
