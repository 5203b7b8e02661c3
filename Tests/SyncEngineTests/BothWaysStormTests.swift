import AttendanceCore
import Foundation
import SyncEngine
import Testing
import Transport

@testable import Sandbox
@testable import SyncState

/// Office and teachers edit at random, Clever takes files late or not at all, requests and uploads fail, the process
/// is killed: in the end both sides agree, and nothing that a person entered was overwritten without a conflict.
@Suite struct BothWaysStormTests {
    /// `STORM_SEEDS=500 swift test --filter BothWaysStormTests` runs more of them.
    private static let seeds = ProcessInfo.processInfo.environment["STORM_SEEDS"].flatMap(UInt64.init) ?? 6

    /// One person's last word on a key, and when it was given.
    private struct Edit {
        var side: Side
        var status: Status
        /// It differs from what that side said before, and from what both had agreed on.
        var isChange: Bool
    }

    @Test(arguments: Array(1...Self.seeds), [ConflictPolicy.clever, .schoology, .newest])
    func everybodysLastWordArrivesOrIsInTheConflictLog(seed: UInt64, policy: ConflictPolicy) async throws {
        var random = SplitMix64(seed: seed &* 31 &+ UInt64(ConflictPolicy.allCases.firstIndex(of: policy)!))
        let town = try await Town.bothWays(
            policy, sandbox: { $0.schoologyCredits = 1000 }, settings: { $0.clever.sftp?.confirmWithin = .hours(6) })
        let pairs = Array(town.secondary.prefix(6))
        let days = (0..<3).map { Town.today.adding(days: -$0) }
        let cleverWords: [(String, String?)] = [("present", nil), ("absent", nil), ("absent", "E"), ("tardy", nil)]
        var edits: [String: [Edit]] = [:]
        var taken: [UInt8]?
        var uploads = 0

        func edit() throws {
            let pair = pairs.randomElement(using: &random)!
            let day = days.randomElement(using: &random)!
            let key = "\(pair.enrollment) \(day)"
            let base = try town.base(of: pair, on: day)
            if Bool.random(using: &random) {
                let (status, code): (String, String?) = cleverWords.randomElement(using: &random)!
                let before = try town.cleverStatus(pair, on: day)
                try town.mark(pair, status, code: code, on: day)
                let meaning = try town.cleverStatus(pair, on: day)
                edits[key, default: []].append(
                    Edit(side: .clever, status: meaning, isChange: meaning != before && meaning != base))
            } else {
                let before = try town.shown(pair, on: day)
                let status = Int.random(in: 1...4, using: &random)
                try town.teach(pair, status, on: day)
                edits[key, default: []].append(
                    Edit(
                        side: .schoology, status: Status(rawValue: status)!,
                        isChange: status != before && status != base.rawValue))
            }
        }

        for _ in 0..<30 {
            // An edit of the office between Clever's taking the file and its showing it is gone before anybody could see
            // it: so none is made then.
            if let file = taken { _ = town.sandbox.ingest(csv: file) }
            taken = nil
            for _ in 0..<Int.random(in: 0...2, using: &random) { try edit() }
            switch Int.random(in: 0..<10, using: &random) {
            case 0: town.dropBox.fail(.cut(renamed: nil, detail: "reset"), isAppliedAnyway: true)
            case 1: town.dropBox.fail(.cannotConnect(detail: "closed"))
            default: town.dropBox.fail(nil)
            }
            town.time.advance(.minutes(Int64.random(in: 1...40, using: &random)))
            let kind: DistrictEngine.Kind = [.once, .scheduled, .readBack].randomElement(using: &random)!
            let killedAt = Int.random(in: 0..<3, using: &random) == 0 ? Int.random(in: 1..<20, using: &random) : 0
            let isApplied = Bool.random(using: &random)
            let wire = try Wire(
                time: town.time,
                fate: { number, _ in number != killedAt ? .delivered : isApplied ? .killedAfter : .killedBefore })
            _ = await (try town.open(wire: wire)).runCycle(kind, upload: Bool.random(using: &random))
            // Clever reads a file minutes after it came, or misses it.
            if town.dropBox.uploads.count > uploads {
                uploads = town.dropBox.uploads.count
                taken = Int.random(in: 0..<5, using: &random) > 1 ? town.dropBox.file : nil
            }
        }

        // The storm is over: within a few cycles both sides agree.
        town.dropBox.fail(nil)
        for _ in 0..<5 {
            try await town.nextCycle()
            // What Clever missed is uploaded again once it is overdue.
            if let file = town.dropBox.file { _ = town.sandbox.ingest(csv: file) }
            town.time.advance(.hours(7))
        }
        try await town.nextCycle()
        #expect(try town.totals.outbox == 0, "seed \(seed)")
        #expect(try town.totals.openConflicts == 0)
        for pair in pairs {
            for day in days {
                let shown = try #require(Status(rawValue: try town.shown(pair, on: day)))
                let clever = try town.cleverStatus(pair, on: day)
                #expect(shown == clever, "seed \(seed) \(policy): \(pair.enrollment) \(day)")
                // A key that one side alone ever touched shows that side's last word.
                let key = "\(pair.enrollment) \(day)"
                let touched = Set((edits[key] ?? []).map(\.side))
                if touched.count == 1, let last = edits[key]?.last, !isProtected(edits[key]!) {
                    #expect(shown == last.status, "seed \(seed) \(policy): \(key) \(edits[key]!)")
                }
            }
        }
        let conflicts = try town.reading { try $0.conflicts(openOnly: false) }
        for pair in pairs {
            for day in days {
                let key = "\(pair.enrollment) \(day)"
                guard let all = edits[key], let last = all.last, last.isChange else { continue }
                let shown = try #require(Status(rawValue: try town.shown(pair, on: day)))
                // The last word of all either stands, or a conflict tells what became of it.
                guard shown != last.status else { continue }
                // Unless it can't be told from a row of ours that Clever took late.
                guard
                    last.side == .schoology
                        || !all.contains(where: { $0.side == .schoology && $0.status == last.status })
                else { continue }
                let isLogged = try conflicts.contains { conflict in
                    let ids = try town.reading { try $0.cleverIDs(conflict.key) }
                    return ids.student == pair.cleverStudent && ids.section == pair.cleverSection
                        && conflict.key.day.description == day.description
                }
                let story = try town.reading { try $0.auditTrail() }.joined(separator: "\n")
                #expect(isLogged, "seed \(seed) \(policy): \(pair) \(day) \(all) shown \(shown)\n\(story)")
            }
        }
        uploads = town.dropBox.uploads.count
        town.sandbox.clearRequests()
        try await town.nextCycle()
        #expect(town.puts.isEmpty)
        #expect(town.dropBox.uploads.count == uploads)
    }

    /// A teacher's change of what Clever took as excused is a conflict even where the office did nothing.
    private func isProtected(_ edits: [Edit]) -> Bool { edits.contains { $0.status == .excused } }
}

extension Town {
    /// The state's own word; what no key was ever stored for is present.
    fileprivate func base(of pair: SandboxPair, on day: CalendarDay) throws -> Status {
        try reading { tx in
            guard let student = try tx.student(cleverID: pair.cleverStudent),
                let section = try tx.internedSection(pair.cleverSection), let day = Day(day.description)
            else { return .present }
            return try tx.mark(Key(section: section, student: student, day: day)).base
        }
    }

    fileprivate func cleverStatus(_ pair: SandboxPair, on day: CalendarDay) throws -> Status {
        let record = try sandbox.cleverRecord(student: pair.cleverStudent, section: pair.cleverSection, date: day)
        guard let record, let status = CleverStatus(name: record.status) else { return .present }
        return StatusMap.standard.status(of: status, excuseCode: record.excuseCode) ?? .present
    }
}

extension Transaction {
    /// The audit trail's lines, oldest first, for the message of a failure.
    fileprivate func auditTrail() throws -> [String] {
        try rows("SELECT at, cycle, section, student, day, side, was, now, cause FROM audit ORDER BY id").map {
            "\($0)"
        }
    }

    fileprivate func internedSection(_ cleverID: String) throws -> Int64? {
        try row("SELECT id FROM section WHERE clever_id = ?", [cleverID])?[0]
    }
}
