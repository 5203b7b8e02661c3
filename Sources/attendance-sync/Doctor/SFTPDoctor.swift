import AttendanceCore
import Operations
import SyncEngine
import Transport

/// Whether `attendance.csv` would get to Clever, without touching it: another file goes there and is removed.
struct SFTPDoctor {
    private static let name = "SFTP round trip"

    let settings: DistrictSettings

    func check() async -> Check {
        guard settings.direction.writesClever else {
            return .skipped(Self.name, "not needed: direction is \(settings.direction.rawValue)")
        }
        guard let sftp = settings.clever.sftp else {
            return .skipped(Self.name, "[district.clever.sftp] is not configured")
        }
        let rehearsal = await CurlSFTPTransport().rehearse(
            SFTPUpload(
                url: sftp.url, temporaryName: "\(SFTPRehearsal.fileName).part",
                bytes: Array("written by attendance-sync doctor; may be removed\n".utf8),
                credential: sftp.transportCredential, knownHostsFile: sftp.knownHostsFile, timeout: .seconds(60)))
        guard let error = rehearsal.error else {
            return .ok(
                Self.name, "written, renamed and removed as \(SFTPRehearsal.fileName); attendance.csv was not touched")
        }
        let reached =
            switch rehearsal.reached {
            case .nothing: ""
            case .written: " (a file could be written, but not renamed)"
            case .renamed, .removed: " (a file could be written and renamed, but not removed; it is still there)"
            }
        return .failed(
            Self.name, "\(error)\(reached)", repair: sftp.repair(of: error),
            exitStatus: error.isOperatorProblem ? .operatorMustAct : .unreachable)
    }
}
