import AttendanceCore
import Configuration
import Foundation
import Operations
import SyncState

/// `history --verify`.
struct HistoryVerification {
    let options: GlobalOptions
    let loaded: LoadedConfiguration
    let noted: String?

    /// - Throws: exit 1 where a trail isn't whole.
    func run() throws {
        let districts = try noted == nil ? options.districts(loaded) : [options.theDistrict(loaded)]
        var documents: [VerificationDocument.District] = []
        for settings in districts {
            guard let state = try openState(settings.name, loaded, .readOnly) else {
                documents.append(VerificationDocument.District(neverRun: settings.name))
                continue
            }
            documents.append(
                try state.reading { try VerificationDocument.District(settings.name, $0, noted: noted) })
        }
        if options.json {
            try Terminal.say(json: VerificationDocument(districts: documents))
        } else {
            Terminal.say(documents.map(\.text).joined(separator: "\n"))
        }
        guard documents.allSatisfy({ $0.problem == nil }) else { throw ExitStatus.undelivered.exitCode }
    }
}

/// `history --verify --json`.
struct VerificationDocument: Encodable {
    struct District: Encodable {
        var district: String
        var whole: Bool
        var lines = 0
        /// The newest line's.
        var digest: String?
        var oldest: String?
        var purged = false
        var restored: String?
        var restoredFrom: String?
        var firstBadLine: Int64?
        var problem: String?

        enum CodingKeys: String, CodingKey {
            case district, whole, lines, digest, oldest, purged, restored
            case restoredFrom = "restored_from"
            case firstBadLine = "first_bad_line"
            case problem
        }

        init(neverRun district: String) {
            self.district = district
            whole = true
        }

        init(_ district: String, _ tx: Transaction, noted: String?) throws {
            self.district = district
            let beginning = try tx.auditBeginning()
            (oldest, purged) = (beginning.oldest?.description, beginning.isPurged)
            if let restore = try tx.restoredBase() {
                (restored, restoredFrom) = (restore.at.description, restore.backupAt.description)
            }
            switch try tx.verifyAuditTrail() {
            case .whole(let lines, let digest):
                self.lines = lines
                self.digest = digest
                whole = true
                if try tx.auditLinesCutOff() {
                    whole = false
                    problem = "lines at its end were taken out"
                } else if let noted, noted.lowercased() != digest, try tx.auditLine(digest: noted) == nil {
                    whole = false
                    problem =
                        "no line has the digest that was noted"
                        + (purged
                            ? "; it was purged since, or the trail was written anew" : ": the trail was written anew")
                }
            case .broken(let id, let at):
                whole = false
                firstBadLine = id
                problem =
                    "line \(id) (\(at)) doesn't fit the one before it: a line was changed, added or taken out there"
            }
        }

        var text: String {
            if let problem {
                return """
                    \(district): the audit trail is NOT whole: \(problem)
                      what to do: keep a copy of the state (`\(typed("backup FILE --district \(district)"))`) and \
                    compare it with an earlier backup; the service goes on writing lines that fit
                    """
            }
            guard lines > 0 else { return "\(district): the audit trail has no lines" }
            var text = "\(district): the audit trail is whole: \(Words.count(lines, "line")) since \(oldest ?? "")"
            if purged { text += "; older ones were purged" }
            if let restored, let restoredFrom {
                text +=
                    "\n  the state was restored \(restored) from a backup of \(restoredFrom): what was recorded in "
                    + "between is in the state that was replaced"
            }
            return text
                + "\n  newest digest: \(digest ?? "")\n  note it down elsewhere: `--noted` tells later whether it "
                + "still stands"
        }
    }

    var version = 1
    var districts: [District]
}
