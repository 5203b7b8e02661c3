import Testing

@testable import Transport

/// Which lines of a known-hosts file speak of a server.
@Suite struct KnownHostsTests {
    private static let key = "AAAAC3NzaC1lZDI1NTE5AAAAIAbcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    private static let other = "AAAAC3NzaC1lZDI1NTE5AAAAIBzzzzzzzzzzzzzzzzzzzzzzzzzzzz0123456789ABCDEFG"

    private func keys(_ text: String, port: Int = 22) -> [String] {
        let host = "sftp.clever.com"
        let known = KnownHosts(text, name: port == 22 ? host : "[\(host)]:\(port)", host: host)
        return known.types.flatMap { known.keys[$0] ?? [] }
    }

    @Test(arguments: [
        "sftp.clever.com", "SFTP.clever.com", "a,sftp.clever.com,b", "*.clever.com", "sftp.clever.???", "*",
        "*,!other.clever.com",
    ])
    func findsTheHost(_ names: String) {
        #expect(keys("# comment\n\n\(names) ssh-ed25519 \(Self.key) a comment\n") == [Self.key])
        #expect(keys("\r\n  \(names)\tssh-ed25519  \(Self.key)\r\n") == [Self.key])
    }

    @Test(arguments: [
        "clever.com", "sftp.clever.com.example", "*,!sftp.clever.com", "[sftp.clever.com]:2222", "?.clever.com",
        "|1|x|y",
        "# sftp.clever.com", "@cert-authority sftp.clever.com", "@revoked sftp.clever.com",
    ])
    func passesOverOthers(_ names: String) {
        #expect(keys("\(names) ssh-ed25519 \(Self.key)\n").isEmpty)
    }

    @Test(arguments: [
        "", "ssh-ed25519", "ssh-ed25519 short", "ssh-dss \(key)", "sk-ssh-ed25519@openssh.com \(key)", "2048 35 1",
    ])
    func passesOverWhatIsNoKey(_ rest: String) {
        #expect(keys("sftp.clever.com \(rest)\nsftp.clever.com ssh-ed25519 \(Self.key)") == [Self.key])
    }

    @Test func aNameWithThePortGoesFirst() {
        let plain = "sftp.clever.com ssh-ed25519 \(Self.key)\n"
        let withPort = "[sftp.clever.com]:2222 ssh-ed25519 \(Self.other)\n"
        #expect(keys(plain + withPort, port: 2222) == [Self.other])
        #expect(keys(plain, port: 2222) == [Self.key])
        #expect(keys(withPort, port: 22).isEmpty)
    }

    /// As `ssh-keygen -H` wrote it.
    @Test func findsHashedNames() {
        let line = "|1|tiIQFdC6jJpzHkcvxLPK9oVgaB4=|IqtSm7Ws9CIxB/iguaJ8GxhOYbA= ssh-ed25519 \(Self.key)\n"
        #expect(keys(line) == [Self.key])
        #expect(keys(line.replacing("|IqtS", with: "|Iqts")).isEmpty)
        #expect(keys(line.replacing("|1|", with: "|2|")).isEmpty)
    }

    @Test func severalKeysOfAKindCount() {
        let text = "sftp.clever.com ssh-ed25519 \(Self.key)\nsftp.clever.com ssh-ed25519 \(Self.other)\n"
        #expect(keys(text) == [Self.key, Self.other])
        #expect(keys(text + "@revoked * ssh-ed25519 \(Self.key)\n") == [Self.other])
    }
}
