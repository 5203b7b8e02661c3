import AttendanceCore
import Configuration
import Testing

/// `private_key_file`. The keys are from `ssh-keygen`, made for this file and used nowhere.
@Suite struct PrivateKeyTests {
    static let plain = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
        QyNTUxOQAAACAoHDqoj+muxDN0DAmpdXRTaRtSEgnbZvbjWVt8J3I4SgAAAIivBsPNrwbD
        zQAAAAtzc2gtZWQyNTUxOQAAACAoHDqoj+muxDN0DAmpdXRTaRtSEgnbZvbjWVt8J3I4Sg
        AAAEDbSTSgdaXGtaNaRRmeaR9G5Z/9VHpVBeYrg/UeVCBUzigcOqiP6a7EM3QMCal1dFNp
        G1ISCdtm9uNZW3wncjhKAAAABHRlc3QB
        -----END OPENSSH PRIVATE KEY-----

        """
    static let locked = """
        -----BEGIN OPENSSH PRIVATE KEY-----
        b3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0AAAAGAAAABD3u08sLa
        jbYNmiZ4unYeL+AAAAEAAAAAEAAAAzAAAAC3NzaC1lZDI1NTE5AAAAINd7xRFAb+iwdhJE
        0w06S5cmK8D2z6ODRc7aX9mYVYiHAAAAkErVKzb+7rD83TstgLRN5kmm9756K+MxAp/yOj
        kLiXMuzgaKzNF30MJ7T8Bbeb3+a14kFhbAgKOfYx8J3O0H+IIGKtESCJPrkIj4tYUYchJR
        r6MWqrL6Q3oA42st5eKAHT4U+Ye6WH9JDkDeIpXWPdEQHqXGdSXs0mgIGPRuCWo7F6nHaw
        gXSqy5JIoWvxWJFQ==
        -----END OPENSSH PRIVATE KEY-----

        """
    static let path = "/etc/sync/id"

    /// A configuration whose private key file has this content.
    static func files(_ key: String?) -> MemoryFiles {
        var files = WayBackTests.both("private_key_file = \"id\"")
        files["/etc/sync/springfield.sftp-password"] = nil
        files[path] = key
        return files
    }

    @Test(arguments: [
        plain, plain.replacing("\n", with: "\r\n"),
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ])
    func takesAKeyWithoutPassphraseInsteadOfThePassword(key: String) throws {
        let sftp = try Self.files(key).load().configuration.districts.first?.clever.sftp
        #expect(sftp?.credential == .privateKeyFile(Self.path))
    }

    @Test(arguments: [
        (locked, "needs a passphrase"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----", "needs a passphrase"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n",
            "needs a passphrase"
        ),
        ("ssh-ed25519 AAAA test", "holds the public key"),
        ("hidden", "holds no private key"), ("", "is empty"), (nil, "doesn't exist"),
    ])
    func refusesWhatLibssh2WouldNotUse(key: String?, says: String) {
        let errors = Self.files(key).errors()
        #expect(errors.map(\.key) == ["\(WayBackTests.table).private_key_file"])
        #expect(errors.first?.message.contains(says) == true, "\(errors)")
        #expect(!"\(errors)".contains("hidden"))
    }

    @Test(arguments: [0o644, 0o640, 0o660] as [UInt32])
    func refusesAKeyThatOthersReach(mode: UInt32) {
        var files = Self.files(Self.plain)
        files.files[Self.path]?.mode = mode
        #expect(files.errors().first?.hint == "chmod 600 /etc/sync/id")
        files.files[Self.path]?.mode = 0o400
        #expect(files.errors().isEmpty)
    }
}
