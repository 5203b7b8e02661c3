import AttendanceCore
import Crypto
import Foundation
import SyncEngine

/// `plan --json`, and the file that `plan --out` writes and `apply` reads.
struct PlanDocument: Codable {
    struct Write: Codable {
        var side: String
        var cleverStudentID: String
        var cleverSectionID: String
        var cleverSchoolID: String?
        var schoologySectionID: String?
        var enrollmentID: String?
        var date: String
        var base: String
        var clever: String
        var schoology: String
        var from: String
        var to: String
        /// Who decided it.
        var reason: String
        /// Why it waits, for one that isn't written with this cycle.
        var waitsFor: String?

        enum CodingKeys: String, CodingKey {
            case side
            case cleverStudentID = "clever_student_id"
            case cleverSectionID = "clever_section_id"
            case cleverSchoolID = "clever_school_id"
            case schoologySectionID = "schoology_section_id"
            case enrollmentID = "enrollment_id"
            case date, base, clever, schoology, from, to, reason
            case waitsFor = "waits_for"
        }
    }

    struct Requests: Codable {
        var schoologyReads: Int
        var puts: Int
        var uploads: Int
        /// How long those to Schoology take at the rate limit.
        var seconds: Double

        enum CodingKeys: String, CodingKey {
            case schoologyReads = "schoology_reads"
            case puts, uploads, seconds
        }
    }

    struct Failure: Codable {
        var side: String
        var reason: String
        var repair: String
    }

    struct District: Codable {
        var district: String
        /// The part of the configuration that decisions depend on.
        var configuration: String
        var lastAttendanceSync: String?
        /// Rows for Clever were planned however short ago the last upload was.
        var upload: Bool
        var writes: [Write]
        /// Decided, and not written with this cycle.
        var waiting: [Write]
        var requests: Requests
        /// A side could not be read: the plan is of what could.
        var failures: [Failure]

        enum CodingKeys: String, CodingKey {
            case district, configuration
            case lastAttendanceSync = "last_attendance_sync"
            case upload, writes, waiting, requests, failures
        }
    }

    var version = 1
    var created: String
    var districts: [District]
    /// SHA-256 of everything else, so that `apply` does what was looked at and nothing that was edited in.
    var digest = ""

    /// - Returns: the document's bytes, as they are printed and stored.
    static func encoded(_ document: PlanDocument) throws -> Data {
        var document = document
        document.digest = try Self.digest(of: document)
        return try encoder.encode(document) + Data("\n".utf8)
    }

    var isUnchanged: Bool { (try? Self.digest(of: self)) == digest }

    private static func digest(of document: PlanDocument) throws -> String {
        var document = document
        document.digest = ""
        return SHA256.hash(data: try encoder.encode(document)).map { String(format: "%02x", $0) }.joined()
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

extension PlanDocument.District {
    init(_ settings: DistrictSettings, _ rehearsal: Rehearsal, upload: Bool) {
        let limit = settings.schoology.rateLimit
        district = settings.name
        configuration = settings.fingerprint
        lastAttendanceSync = rehearsal.watermark?.description
        self.upload = upload
        writes = rehearsal.writes.map { PlanDocument.Write($0, waitsFor: nil) }
        waiting = rehearsal.waiting.map { PlanDocument.Write($0.write, waitsFor: $0.reason) }
        requests = PlanDocument.Requests(
            schoologyReads: rehearsal.reads, puts: rehearsal.puts, uploads: rehearsal.uploads,
            seconds: Double(rehearsal.duration(limit).milliseconds) / 1000)
        failures = rehearsal.report.failures.map {
            PlanDocument.Failure(side: $0.side, reason: $0.description, repair: $0.repair)
        }
        if let error = rehearsal.report.stateError {
            failures.append(.init(side: "state", reason: "\(error)", repair: error.repair))
        }
    }

    /// What the writes come to, for a comparison; nil where one of them makes no sense.
    var effects: [PlannedWrite.Effect]? {
        let effects = writes.compactMap(\.effect)
        return effects.count == writes.count ? effects : nil
    }
}

extension PlanDocument.Write {
    init(_ write: PlannedWrite, waitsFor: String?) {
        side = write.effect.side.rawValue
        cleverStudentID = write.effect.cleverStudent
        cleverSectionID = write.effect.cleverSection
        cleverSchoolID = write.cleverSchool
        schoologySectionID = write.schoologySection.map(String.init)
        enrollmentID = write.enrollment.map(String.init)
        date = write.effect.day.description
        base = write.base.description
        clever = write.clever?.description ?? "unmapped"
        schoology = write.schoology.description
        from = write.effect.from.description
        to = write.effect.to.description
        reason = write.reason
        self.waitsFor = waitsFor
    }

    var effect: PlannedWrite.Effect? {
        guard let side = Side(rawValue: side), let day = Day(date), let from = Status(name: from),
            let to = Status(name: to)
        else { return nil }
        return PlannedWrite.Effect(
            side: side, cleverStudent: cleverStudentID, cleverSection: cleverSectionID, day: day, from: from, to: to)
    }
}
