import AttendanceCore
import Testing

@Suite struct SecretTests {
    @Test func isShownByNothingThatPrints() {
        let text = "correct-horse-battery"
        let secret = Secret(text)
        var settings = DistrictSettings(name: "springfield", timezone: "America/Chicago")
        settings.clever.token = secret
        settings.clever.sftp = SFTPSettings()
        settings.clever.sftp?.username = secret
        settings.clever.sftp?.credential = .password(secret)
        settings.schoology.consumerKey = secret
        settings.schoology.consumerSecret = secret
        settings.schoology.triggers = SchoologySettings.Triggers()
        settings.schoology.triggers?.path = secret

        var dumped = ""
        dump(settings, to: &dumped)
        dump(secret, to: &dumped)
        let printed = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\(["key": secret])",
            "\(Optional(secret) as Any)", "\(settings)", String(reflecting: settings), dumped,
        ]
        for line in printed { #expect(!line.contains(text)) }
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(secret.reveal() == text)
    }

    @Test func isComparedByWhatItHides() {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
    }
}
