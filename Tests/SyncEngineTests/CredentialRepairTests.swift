import AttendanceCore
import SyncEngine
import Testing
import Transport

/// Whoever has to replace a credential is told which file, and what else it takes.
@Suite struct CredentialRepairTests {
    @Test func aFileOnTheDiskIsNamedAndReadByItself() {
        var clever = CleverSettings()
        clever.token = Secret("old", file: "/etc/attendance-sync/town.clever-token")
        #expect(clever.tokenRepair.contains("into /etc/attendance-sync/town.clever-token "))
        #expect(clever.tokenRepair.hasSuffix("the next cycle goes on by itself"))
        var schoology = SchoologySettings()
        schoology.consumerKey = Secret("old", file: "/etc/key")
        schoology.consumerSecret = Secret("old", file: "/etc/secret")
        #expect(schoology.keyRepair.contains("into /etc/key and /etc/secret:"))
    }

    @Test func whatSystemdHandsOverTakesARestart() {
        var clever = CleverSettings()
        clever.token = Secret("old", file: "/run/credentials/attendance-sync.service/town.clever-token")
        #expect(clever.tokenRepair.contains("LoadCredential=town.clever-token "))
        #expect(clever.tokenRepair.contains("systemctl try-restart 'attendance-sync*'"))
        #expect(!clever.tokenRepair.contains("/run/credentials"))
        clever.token = Secret("old", file: "/run/credentials/attendance-sync.service/secrets_town.clever-token")
        #expect(clever.tokenRepair.contains("into town.clever-token in the folder for secrets"))
        // Of an operator's command, which reads the file itself: the service may have a copy.
        clever.token = Secret("old", file: "/etc/attendance-sync/secrets/town.clever-token")
        #expect(clever.tokenRepair.contains("try-restart"))
        #expect(clever.tokenRepair.hasSuffix("without systemd the next cycle goes on by itself"))
    }

    @Test func theSFTPServersRepairsNameItsFilesAndItsAddress() {
        var sftp = SFTPSettings()
        sftp.url = "sftp://drop.example:2222/~/attendance.csv"
        sftp.knownHostsFile = "/etc/known"
        sftp.username = Secret("user", file: "/etc/user")
        sftp.credential = .privateKeyFile("/etc/key")
        #expect(sftp.repair(of: .refusedCredential).contains("(/etc/user and /etc/key)"))
        #expect(sftp.repair(of: .hostKeyUnknown).contains("`ssh-keyscan -p 2222 drop.example`"))
        #expect(sftp.repair(of: .hostKeyChanged).contains("`ssh-keygen -f /etc/known -R '[drop.example]:2222'`"))
        sftp.url = "sftp://drop.example/~/attendance.csv"
        #expect(sftp.repair(of: .hostKeyUnknown).contains("`ssh-keyscan drop.example`"))
        #expect(sftp.repair(of: .hostKeyChanged).contains("-R drop.example`"))
    }

    /// Wherever it was read from: two districts must not share a trigger path by writing it into two files.
    @Test func aSecretIsWhatItSays() {
        #expect(Secret("one", file: "/a") == Secret("one", file: "/b"))
        #expect(Set([Secret("one", file: "/a"), Secret("one", file: "/b")]).count == 1)
        #expect(Secret("one", file: "/a") != Secret("two", file: "/a"))
    }
}
