import AttendanceCore
import SyncState

/// What will happen to one key next, in a sentence, and the command to type if a person is needed.
struct KeyOutlook: Equatable {
    var sentence: String
    /// Nil where the program goes on by itself.
    var command: String?
    var needsPerson: Bool

    init(_ sentence: String, command: String? = nil, needsPerson: Bool? = nil) {
        self.sentence = sentence
        self.command = command
        self.needsPerson = needsPerson ?? (command != nil)
    }
}

/// What holds for the whole district and decides over one key as well.
struct DistrictCircumstances {
    var today: Day
    var now: Timestamp
    var isPausedByClever = false
    var pause: Pause?
    var refusedSides: Set<Side> = []
    var isSFTPRefused = false
    var lastUpload: Timestamp?
    /// Clever's attendance was read to its end at least once.
    var hasReadClever = false

    init(_ tx: Transaction, today: Day, now: Timestamp) throws {
        func time(_ setting: StateSetting) throws -> Timestamp? {
            try tx.number(setting).map(Timestamp.init(milliseconds:))
        }
        self.today = today
        self.now = now
        isPausedByClever = try tx.text(.districtState) == "paused"
        pause = try tx.pause(now: now)
        if try tx.number(.cleverRefusedAt) != nil { refusedSides.insert(.clever) }
        if try tx.number(.schoologyRefusedAt) != nil { refusedSides.insert(.schoology) }
        isSFTPRefused = try tx.number(.csvRefusedAt) != nil
        lastUpload = try time(.csvUploadedAt)
        hasReadClever = try tx.number(.watermark) != nil
    }
}

extension KeyOutlook {
    /// Looks for what stands in the way, the most stubborn first: what only a person can mend, then what waits for its
    /// time, then what is at rest.
    init(_ story: KeyStory, clever: Status?, _ settings: DistrictSettings, _ district: DistrictCircumstances) {
        let reader = OutlookReader(story: story, clever: clever, settings: settings, district: district)
        self = reader.blocked ?? reader.written ?? reader.atRest
    }
}

private struct OutlookReader {
    let story: KeyStory
    /// What Clever's mark means; nil: the status map has no entry for it.
    let clever: Status?
    let settings: DistrictSettings
    let district: DistrictCircumstances

    private var schoology: Status { story.mark.schoology ?? .present }
    private var base: Status { story.mark.base }
    private var option: String { "--district \(settings.name)" }
    private var record: KeyStory.Record? { story.records.first(where: \.counts) }

    private func ago(_ time: Timestamp) -> String { Words.ago(time, now: district.now) }

    // MARK: What nothing gets past

    var blocked: KeyOutlook? { unmapped ?? unmatched ?? deadLetter ?? held ?? openConflict }

    private var unmapped: KeyOutlook? {
        guard clever == nil, let record else { return nil }
        return KeyOutlook(
            "Nothing is written: Clever says \(record.words), and status_map has no entry for it. Add it to "
                + "[district.status_map] and reload; the mark is then decided.",
            command: "sudo systemctl reload attendance-sync")
    }

    private var unmatched: KeyOutlook? {
        guard let reason = story.noPlacement else { return nil }
        guard record.map({ $0.state != .decided }) ?? false || !story.writes.isEmpty else {
            return KeyOutlook(
                "Nothing waits, but a mark of this student here could not be brought to Schoology: \(reason).",
                needsPerson: false)
        }
        return KeyOutlook(
            "The mark waits for a match: \(reason). Mend it where it is wrong, or write an override; it is tried again "
                + "with each roster refresh and each change of the overrides.",
            command: typed("unmatched \(option)"))
    }

    private var deadLetter: KeyOutlook? {
        guard let item = story.writes.first(where: { $0.item.state == .dead })?.item else { return nil }
        let answer = [item.code.map(String.init), item.message].compactMap(\.self).joined(separator: ": ")
        return KeyOutlook(
            "\(item.side.title) has rejected \(item.status) for good (\(answer)). Mend the cause and send it again, or "
                + "give it up with `outbox drop`.",
            command: typed("outbox retry \(item.id) \(option)"))
    }

    private var held: KeyOutlook? {
        guard let hold = story.writes.compactMap(\.hold).first else { return nil }
        return KeyOutlook(
            "The safety valve holds the write in batch \(hold.id) (\(hold.reason)), until somebody approves or discards it.",
            command: typed("held list \(option)"))
    }

    private var openConflict: KeyOutlook? {
        guard let conflict = story.conflicts.last, conflict.state == .open else { return nil }
        return KeyOutlook(
            "Nothing is written until somebody decides conflict \(conflict.id): Clever says \(conflict.clever), "
                + "Schoology \(conflict.schoology), and both have changed since they last agreed on \(conflict.base).",
            command: typed(
                "conflicts resolve \(conflict.id) \(option) --take clever|schoology|STATUS --by NAME --reason TEXT"))
    }

    // MARK: What is on its way

    var written: KeyOutlook? {
        if let write = story.writes.first(where: { $0.item.side == .schoology }) { return toSchoology(write.item) }
        if let write = story.writes.first(where: { $0.item.side == .clever }) { return toClever(write) }
        return nil
    }

    private func toSchoology(_ item: OutboxItem) -> KeyOutlook {
        if let stopped = stopped(.schoology, "\(item.status) to Schoology") { return stopped }
        if let until = story.suspendedUntil, until > district.now {
            return KeyOutlook(
                "Schoology answers 410 for the section, so \(item.status) waits; it is tried again \(ago(until)).",
                needsPerson: false)
        }
        if item.state == .unknown {
            return KeyOutlook(
                "Nobody knows whether \(story.sent?.status ?? item.status) arrived at Schoology: the next cycle reads the "
                    + "section first, and sends \(item.status) only if it is not there.")
        }
        let when = item.nextAttempt > district.now ? "\(ago(item.nextAttempt))" : "with the next cycle"
        let why = item.code.map { ", as Schoology answered \($0)" } ?? ""
        return KeyOutlook("\(item.status) is written to Schoology \(when)\(why), after the section has been read.")
    }

    private func toClever(_ write: KeyStory.Write) -> KeyOutlook {
        let item = write.item
        if let stopped = stopped(.clever, "the row for Clever (\(item.status))") { return stopped }
        if write.isLeftOut {
            return KeyOutlook(
                "The row for Clever (\(item.status)) is left out of attendance.csv for now: \(item.message ?? "it waits")."
            )
        }
        switch item.state {
        case .unconfirmed where write.isOverdue:
            return KeyOutlook(
                "Clever has not shown \(item.status), though the row was uploaded "
                    + "\(item.uploaded.map(ago) ?? "long ago"). Look in its dashboard whether it took attendance.csv, "
                    + "and why not; the row stays in every upload.",
                command: typed("outbox list \(option)"))
        case .unconfirmed:
            return KeyOutlook(
                "attendance.csv with \(item.status) was uploaded \(item.uploaded.map(ago) ?? "before"); it is done when "
                    + "Clever shows it, usually after its next sync.")
        case .pending, .unknown, .dead:
            let interval = settings.clever.sftp?.uploadInterval ?? .zero
            let due = district.lastUpload.map { $0 + interval }
            let when = due.map { $0 > district.now ? "\(ago($0))" : "with the next upload" } ?? "with the next upload"
            return KeyOutlook("\(item.status) goes to Clever as a row of attendance.csv, \(when).")
        }
    }

    private func stopped(_ side: Side, _ what: String) -> KeyOutlook? {
        if let pause = district.pause {
            let end = "until \(pause.until?.description ?? "`resume`")"
            return KeyOutlook(
                "The district is paused \(end); \(what) waits.", command: typed("resume \(option)"))
        }
        if district.isPausedByClever {
            return KeyOutlook("Clever calls the district paused: it is read, not written; \(what) waits.")
        }
        let isRefused = district.refusedSides.contains(.schoology) && side == .schoology
        if isRefused || (side == .clever && district.isSFTPRefused) {
            return KeyOutlook(
                "\(side == .clever ? "The SFTP server" : "Schoology") refuses the credential; \(what) waits until a valid "
                    + "one is in its file.", command: typed("status \(option)"))
        }
        return nil
    }

    // MARK: What is at rest

    var atRest: KeyOutlook {
        let clever = clever ?? .present
        if let record, record.state == .toDecide {
            return KeyOutlook("Clever's mark (\(record.words)) is new and is decided with the next cycle.")
        }
        if let sent = story.sent {
            return KeyOutlook(
                "Nothing is to be written. \(sent.status) was sent to Schoology in cycle \(sent.cycle), and nobody knows "
                    + "whether it arrived: the next reading of the section tells.")
        }
        if let side = story.mark.drift {
            let other = side == .clever ? schoology : clever
            return KeyOutlook(
                "Nothing: \(side.title) was changed to \(side == .clever ? clever : schoology), and direction = "
                    + "\"\(settings.direction.rawValue)\" does not write it back. \(side.other.title)'s \(other) is left "
                    + "until it changes too.")
        }
        guard story.key.day <= district.today else {
            return KeyOutlook("Nothing yet: the day has not come, and neither side is read for it before.")
        }
        guard clever != schoology || base != clever else {
            let isOld = story.key.day < district.today.first(of: settings.clever.lookback)
            return KeyOutlook(
                "Nothing: both sides say \(clever), and agree."
                    + (isOld ? " The day is before the lookback, so it is not read any more." : ""))
        }
        if story.mark.refusedClever == clever || story.mark.refusedSchoology == schoology {
            return KeyOutlook(
                "Nothing: an operator refused this change; it is proposed again once the side that made it changes again."
            )
        }
        if story.key.day < district.today.first(of: settings.clever.lookback) {
            return KeyOutlook(
                "Nothing by itself: the day is before the lookback of \(settings.clever.lookback) and is not read any "
                    + "more. Go over it again if it should be.",
                command: typed("backfill --from \(story.key.day) --to \(story.key.day + 1) \(option)"),
                needsPerson: false)
        }
        if !district.hasReadClever {
            return KeyOutlook("Clever's attendance has not been read to its end yet; this is decided once it has.")
        }
        return KeyOutlook(
            "The sides differ (Clever \(clever), Schoology \(schoology) when it was last read, \(base) before that): the "
                + "next reading of the section decides it.")
    }
}

extension KeyStory.Record {
    /// Clever's own words: `absent, code MED`.
    var words: String { status.description + (excuseCode.map { ", code \($0)" } ?? "") }
}

extension Side {
    /// As the name of the product.
    var title: String {
        switch self {
        case .clever: "Clever"
        case .schoology: "Schoology"
        }
    }
}
