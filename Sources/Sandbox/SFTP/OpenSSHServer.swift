import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A real OpenSSH server on 127.0.0.1 that offers one folder over SFTP and nothing else, as Clever does.
///
/// Run by root, it has a mount and a process namespace of its own, in which there is a user `district` whose home the
/// folder is; nothing of the machine's accounts is touched. Run by anyone else, or by root in a container that allows
/// no mounts, it lets in that user alone, with a key.
///
/// It ends with `stop()`, when the value goes, and when this process ends, however that happens.
public final class OpenSSHServer: Sendable {
    /// Whether this machine has the programs it needs, and an account for this process's user: sshd insists on one.
    public static var isInstalled: Bool {
        access(sshd, X_OK) == 0 && access("/usr/bin/ssh-keygen", X_OK) == 0 && getpwuid(getuid()) != nil
    }
    /// Whether `login: .password`, `capacity` and the user `district` are to be had. Root alone is not enough: in most
    /// containers it may not mount anything. So it is tried, once.
    public static let canMakeUsers: Bool = {
        guard getuid() == 0, access(unshare, X_OK) == 0 else { return false }
        let script = "mount -t tmpfs tmpfs /run && echo mounted"
        guard let attempt = try? SupervisedProcess([unshare] + namespaces + ["/bin/sh", "-c", script]) else {
            return false
        }
        attempt.stop()
        return attempt.output.contains("mounted")
    }()

    public let port: Int
    public let user: String
    /// Nil with `login: .key`.
    public let password: String?
    /// Nil with `login: .password`.
    public let privateKeyFile: String?
    /// Has the keys of this server at this port. Gone after `stop`.
    public let knownHostsFile: String
    /// `ssh-ed25519 AAAA…`, one for each kind.
    public let hostKeys: [String]
    /// Where the files are seen from outside.
    public let folder: String

    private let process: SupervisedProcess
    private let files: OpenSSHFiles

    static let districtUser = "district"
    /// A word that nothing else says, so that a test can look for it where it must not be.
    static let districtPassword = "winter-otter-41"
    /// Of the user `district`, unless somebody owns the folder already. No account of Debian's has it.
    private static let districtID: uid_t = 54_321
    private static let sshd = "/usr/sbin/sshd"
    private static let unshare = "/usr/bin/unshare"
    private static let namespaces = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--"]

    /// Starts a server; it accepts connections when this returns. Blocks for as long as that takes, a fraction of a
    /// second (RSA keys take longer).
    ///
    /// - Parameters:
    ///   - folder: what the user sees as home. If root owns it, it is given to the user.
    ///   - port: nil: any that is free.
    ///   - capacity: bytes; the folder is an empty file system of that size in memory instead. Needs root.
    ///   - options: lines of sshd_config(5) that go before this server's own.
    /// - Throws: when a program is missing, when `login` or `capacity` needs root, or with what sshd said.
    public static func start(
        folder: String, login: SSHLogin, hostKeys: [SSHHostKey] = [.ed25519], port: Int? = nil, capacity: Int? = nil,
        options: [String] = []
    ) throws(OpenSSHError) -> OpenSSHServer {
        guard isInstalled else {
            throw OpenSSHError(
                getpwuid(getuid()) == nil
                    ? "sshd doesn't start for a user without an account, and \(getuid()) has none"
                    : "sshd or ssh-keygen is missing: apt-get install openssh-server")
        }
        guard canMakeUsers || (login == .key && capacity == nil) else {
            throw OpenSSHError(
                "passwords and a capacity need root, and mounts: only then can there be a user for the server alone")
        }
        // A port that was free a moment ago can be gone.
        var attempts = port == nil ? 5 : 1
        while true {
            let files = try OpenSSHFiles(hostKeys: hostKeys, login: login)
            do {
                let number = if let port { port } else { try LoopbackPort.free() }
                return try OpenSSHServer(files, folder, login, number, capacity, options)
            } catch {
                files.remove()
                attempts -= 1
                guard attempts > 0, error.description.contains("in use") else { throw error }
            }
        }
    }

    private init(
        _ files: OpenSSHFiles, _ folder: String, _ login: SSHLogin, _ port: Int, _ capacity: Int?, _ options: [String]
    ) throws(OpenSSHError) {
        self.files = files
        self.port = port
        password = login == .password ? Self.districtPassword : nil
        privateKeyFile = login == .key ? files.loginKey : nil
        hostKeys = files.hostKeys
        knownHostsFile = files.knownHosts
        let script: String
        if Self.canMakeUsers {
            user = Self.districtUser
            let owner = Self.owner(of: folder)
            try files.writeAccounts(user: owner.user, group: owner.group)
            script = Self.script(isolated: true)
            process = try Self.launch(
                files, options + Self.settings(login, user, port, files, startFolder: nil),
                [Self.unshare] + Self.namespaces, script,
                [folder, "\(capacity ?? 0)", "\(owner.user)", "\(owner.group)"])
            self.folder = capacity == nil ? folder : "/proc/\(process.processID)/root/run/sshd/jail/drop"
        } else {
            user = getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(getuid())"
            script = Self.script(isolated: false)
            // internal-sftp takes its arguments apart at spaces, whatever is quoted.
            let link = "\(files.directory)/folder"
            guard symlink(folder, link) == 0 else {
                throw OpenSSHError("\(link): \(String(cString: strerror(errno)))")
            }
            process = try Self.launch(
                files, options + Self.settings(login, user, port, files, startFolder: link), [], script, [])
            self.folder = folder
        }
        try files.write("known_hosts", knownHosts())
        guard process.awaitOutput("Server listening on 127.0.0.1 port \(port).", milliseconds: 20_000) else {
            process.stop()
            throw OpenSSHError("sshd did not start: \(process.output)")
        }
        process.drain()
    }

    deinit { stop() }

    /// As libcurl reads it: `/~/` is the folder.
    public func url(file: String = "attendance.csv") -> String { "sftp://127.0.0.1:\(port)/~/\(file)" }

    /// Lines of a known-hosts file for this server, or for one at another port that passes connections on to it.
    public func knownHosts(port other: Int? = nil) -> String {
        hostKeys.map { "[127.0.0.1]:\(other ?? port) \($0)\n" }.joined()
    }

    /// What sshd logged last.
    public var log: String { process.output }

    /// Ends the server and all connections. Returns when the port is free and its files are gone.
    public func stop() {
        process.stop()
        files.remove()
    }

    private static func launch(
        _ files: OpenSSHFiles, _ settings: [String], _ prefix: [String], _ script: String, _ arguments: [String]
    ) throws(OpenSSHError) -> SupervisedProcess {
        try files.write("sshd_config", settings.map { $0 + "\n" }.joined())
        return try SupervisedProcess(
            prefix + ["/bin/sh", "-c", script, "sh", sshd, files.directory] + arguments)
    }

    private static func settings(
        _ login: SSHLogin, _ user: String, _ port: Int, _ files: OpenSSHFiles, startFolder: String?
    ) -> [String] {
        let names = files.hostKeys.map { $0.contains("ed25519") ? "ed25519" : $0.contains("rsa") ? "rsa" : "ecdsa" }
        let start = startFolder.map { " -d \($0.replacing("%", with: "%%"))" } ?? ""
        return [
            "Port \(port)", "ListenAddress 127.0.0.1", "PidFile none", "AllowUsers \(user)",
            "PasswordAuthentication \(login == .password ? "yes" : "no")",
            "PubkeyAuthentication \(login == .key ? "yes" : "no")", "KbdInteractiveAuthentication no", "UsePAM no",
            "AuthorizedKeysFile \(startFolder == nil ? "/run/sshd" : files.directory)/authorized_keys",
            "StrictModes no", "UseDNS no", "DisableForwarding yes", "PermitTTY no", "PrintMotd no", "PrintLastLog no",
            "MaxStartups 200", "LoginGraceTime 0", "Subsystem sftp internal-sftp", "ForceCommand internal-sftp\(start)",
        ] + names.map { "HostKey \(files.directory)/host_\($0)" }
            + (startFolder == nil ? ["ChrootDirectory /run/sshd/jail"] : [])
    }

    /// `sh -c` script: $1 sshd, $2 the files' directory; isolated also $3 folder, $4 capacity, $5 user, $6 group.
    ///
    /// `cat` ends when the owner closes its end of the socket or dies, or sshd ends. Isolated, the shell is the first
    /// process of its namespace, and the kernel ends all others with it. Otherwise the connections' processes, which
    /// have a group each, are found by their parent.
    private static func script(isolated: Bool) -> String {
        let prepare = """
            umask 022
            mkdir -p -m 755 /run/sshd
            mount -t tmpfs -o mode=755,size=1m tmpfs /run/sshd
            mkdir -p /run/sshd/jail/drop
            if [ "$4" = 0 ]; then mount --bind "$3" /run/sshd/jail/drop
            else mount -t tmpfs -o "mode=755,size=$4,uid=$5,gid=$6" tmpfs /run/sshd/jail/drop; fi
            [ ! -e "$2/authorized_keys" ] || cp "$2/authorized_keys" /run/sshd
            for file in passwd group shadow; do mount --bind "$2/$file" "/etc/$file"; done
            # A cache of the accounts would not know the new one.
            [ ! -d /run/nscd ] || mount -t tmpfs tmpfs /run/nscd
            """
        // Where sshd runs as root it insists on this directory.
        let privileges = "[ $(id -u) != 0 ] || mkdir -p -m 755 /run/sshd"
        let end =
            isolated
            ? "exit"
            : """
            kill -KILL $(cat "/proc/$server/task/$server/children" 2>/dev/null) "$server"
            wait
            """
        return """
            set -e
            exec 3<&0
            \(isolated ? prepare : privileges)
            cat <&3 >/dev/null &
            reader=$!
            ( "$1" -D -e -f "$2/sshd_config" </dev/null 3<&- & echo $! >"$2/pid"; wait $!; kill "$reader" ) 3<&- &
            wait "$reader" || true
            server=$(cat "$2/pid")
            rm -rf "$2"
            \(end)
            """
    }

    private static func owner(of folder: String) -> (user: uid_t, group: gid_t) {
        var status = stat()
        guard stat(folder, &status) == 0, status.st_uid == 0 else { return (status.st_uid, status.st_gid) }
        chown(folder, districtID, districtID)
        return (districtID, districtID)
    }
}
