import AttendanceCore
import SyncState
import Transport

/// Sends the rows for Clever: `attendance.csv` over SFTP.
///
/// The file is replaced by each upload, and Clever may or may not have taken the one before. So every upload carries
/// all rows that Clever has not shown yet, and a row leaves the outbox only when Clever shows it.
extension DistrictEngine {
    func uploadRows() async throws {
        guard let target = uploadTarget, let sftp = world.sftp else { return }
        rowsToAskAbout = [:]
        try confirmPutBacks()
        try compareWithWhatWasRefused()
        try sayConfirmed()
        try sayOverdue(target)
        guard try !isWritingPaused, try isUploadDue(target) else { return }
        // Clever is asked about rows only where a file is to go, or with the day's look at all that the lookback covers.
        guard try isFileWanted(buildFile(), target) || hasScannedLookback && areOldRowsOpen() else { return }
        do {
            try await lookUpRows()
        } catch let failure as SideFailure {
            return note(failure)
        }
        try judge(.clever)
        let carried = try buildFile()
        guard try isFileWanted(carried, target) else { return }
        let fresh = carried.filter { $0.item.state == .pending }
        progress = CycleProgress(step: .uploading)
        let upload = SFTPUpload(
            url: target.url, temporaryName: Self.temporaryName(target.url),
            bytes: AttendanceCSV.file(carried.map(\.row), lastColumn: target.lastColumn),
            credential: target.transportCredential, knownHostsFile: target.knownHostsFile)
        // An operator may have paused the district while Clever was asked.
        let mayGo = try state.durableTransaction { tx in
            guard try !self.isWritingPaused(tx) else { return false }
            try tx.markUploading(carried.map(\.item))
            return true
        }
        guard mayGo else { return }
        let startedAt = world.clock.uptime()
        if isRehearsal {
            planned += try state.reading { tx in
                try fresh.map { try self.plannedWrite($0.item, to: $0.item.status, tx) }
            }
        } else {
            do {
                try await sftp.upload(upload)
            } catch {
                return try uploadFailed(error)
            }
        }
        advance()
        uploadFailures = 0
        uploadNotBefore = nil
        counts.uploaded += fresh.count
        try state.transaction { [now, cycle] tx in
            for (item, _) in fresh {
                let clever = try self.cleverStatus(item.key, tx)?.status ?? .present
                try tx.audit(
                    item.key, side: .clever, was: clever, now: item.status, cause: item.cause, cycle: cycle, at: now)
            }
            let watermark = try tx.number(.watermark).map(Timestamp.init(milliseconds:))
            try tx.markUploaded(carried.map(\.item), watermark: watermark, now: now)
        }
        try sftpRecovered()
        log(
            .info, .csvUploaded,
            [
                "rows": .int(carried.count), "new_rows": .int(fresh.count), "bytes": .int(upload.bytes.count),
                "duration_ms": .int((world.clock.uptime() - startedAt).milliseconds),
            ])
    }

    // MARK: When

    /// Where rows go; nil where none does.
    private var uploadTarget: SFTPSettings? {
        settings.direction.writesClever && world.sftp != nil ? settings.clever.sftp : nil
    }

    /// A row waits that has never been uploaded, and the file may go now.
    func isUploadWanted() throws -> Bool {
        guard let target = uploadTarget, try !isWritingPaused, try isUploadDue(target) else { return false }
        return try state.reading { try $0.rowsToUpload() } > 0
    }

    /// How long until a row that waits may be uploaded; nil where none waits.
    public func untilUpload() -> Span? {
        guard let target = uploadTarget, (try? isWritingPaused) == false,
            let rows = try? state.reading({ try $0.rowsToUpload() }), rows > 0,
            let interval = try? untilInterval(target)
        else { return nil }
        return max(interval, uploadNotBefore.map { $0 - world.clock.uptime() } ?? .zero)
    }

    private func isUploadDue(_ target: SFTPSettings) throws -> Bool {
        if kind != .once, let uploadNotBefore, world.clock.uptime() < uploadNotBefore { return false }
        return try ignoresUploadInterval || untilInterval(target) == .zero
    }

    /// What is left of the interval since the last upload. A clock that was set back must not keep the rows for longer
    /// than they would have waited.
    private func untilInterval(_ target: SFTPSettings) throws -> Span {
        let last = try state.reading { try $0.number(.csvUploadedAt) }.map(Timestamp.init(milliseconds:))
        guard let last, last <= now else { return .zero }
        return max(target.uploadInterval - (now - last), .zero)
    }

    /// A row waits for Clever to say something else of a day that is not read any more, or was given up once a file had
    /// carried it.
    private func areOldRowsOpen() throws -> Bool {
        let first = today.first(of: settings.clever.lookback)
        return try state.reading { try $0.rowsLeftOut(before: first) > 0 || $0.hasWithdrawnRows(before: first) }
    }

    /// What Clever has not shown for too long is uploaded again: somebody may have removed or replaced the file. Not for the
    /// sake of a row that the file would not carry.
    private func isRepeatDue(_ carried: [Carried], _ target: SFTPSettings) throws -> Bool {
        let uploads = carried.lazy.filter { $0.item.state == .unconfirmed }.compactMap(\.item.uploaded)
        let last = try state.reading { try $0.number(.csvUploadedAt) }.map(Timestamp.init(milliseconds:))
        guard let oldest = uploads.min(), let last else { return false }
        return now - oldest >= target.confirmWithin && now - last >= target.confirmWithin
    }

    // MARK: Rows

    private typealias Carried = (item: OutboxItem, row: AttendanceRow)

    private func buildFile() throws -> [Carried] { try state.transaction { try self.buildRows($0) } }

    /// There is something that the file on the server doesn't say, or something to be taken out of it, or to say again.
    private func isFileWanted(_ carried: [Carried], _ target: SFTPSettings) throws -> Bool {
        if carried.contains(where: { $0.item.state == .pending }) { return true }
        return try state.reading { try $0.number(.csvIsOutdated) } != nil || isRepeatDue(carried, target)
    }

    /// The rows that the file is to carry: the latest for each of the district's keys. A row that can't be written,
    /// because the roster lacks an id, becomes a dead letter.
    private func buildRows(_ tx: Transaction) throws -> [Carried] {
        var carried: [AttendanceRow.Key: Carried] = [:]
        var leftOut: [(OutboxItem, reason: String)] = []
        for item in try tx.rowsForClever() {
            if let reason = try reasonToLeaveOut(item, tx) {
                // What the file on the server says of it must not be taken once more either.
                if try tx.isInFile(item.key) { try tx.set(.csvIsOutdated, 1) }
                leftOut.append((item, reason))
                continue
            }
            let place = try tx.rowPlace(item.key, daily: settings.clever.daily)
            guard let value = value(of: item, place) else { continue }
            if item.state == .pending {
                let clever = try cleverStatus(item.key, tx)?.status ?? .present
                guard try isPermitted(item, from: clever, to: item.status, tx) else { continue }
            }
            var lacking: [String] = []
            if place.student == nil { lacking.append("student") }
            if place.school == nil { lacking.append("school") }
            if place.section == nil, !place.isDaily { lacking.append("section") }
            guard lacking.isEmpty, let student = place.student, let school = place.school else {
                try reject(
                    item, code: nil,
                    message: "Clever's roster has no sis_id for the \(lacking.joined(separator: " and the "))", tx)
                continue
            }
            let row = AttendanceRow(
                studentSISID: student, schoolSISID: school, sectionSISID: place.isDaily ? nil : place.section,
                day: item.key.day, status: value.status, excuseCode: value.excuseCode, recordSISID: place.record)
            // In the order of their decisions: the latest takes the place of those before.
            if let earlier = carried.updateValue((item, row), forKey: row.key) {
                leftOut.append((earlier.item, "a later change of the same daily record goes in its place"))
            }
        }
        try tx.setLeftOut(leftOut)
        return carried.values.sorted { $0.item.id < $1.item.id }
    }

    private func reasonToLeaveOut(_ row: OutboxItem, _ tx: Transaction) throws -> String? {
        switch row.held {
        case 0: try reasonToWait(row, tx)
        case nil: "it was decided just now, and is judged with the next cycle"
        case .some(let batch): "the safety valve holds it, in batch \(batch)"
        }
    }

    /// A row goes if it was decided with what Clever says now. Where the office has changed the mark since, and the
    /// section could not be read yet (it is suspended, Schoology is down), nobody has compared the two: the row waits
    /// for that, or it would overwrite the office's edit without a conflict.
    func reasonToWait(_ row: OutboxItem, _ tx: Transaction) throws -> String? {
        if let reason = rowsToAskAbout[row.key] { return reason }
        guard let clever = try cleverStatus(row.key, tx)?.status else {
            return "Clever's mark has a code that status_map has no entry for"
        }
        let mark = try tx.mark(row.key)
        let isDecided =
            try clever == row.status || clever == mark.base || clever == row.undoes
            || tx.liveConflict(row.key)?.clever == clever
        return isDecided ? nil : "Clever's mark was changed, and Schoology's has not been read since"
    }

    /// What the row says. One that only puts back what Clever has says just that, with the office's own code.
    private func value(of item: OutboxItem, _ place: RowPlace) -> StatusMap.CleverValue? {
        if item.isPutBack,
            settings.statusMap.status(of: place.status, excuseCode: place.excuseCode) == item.status
        {
            return StatusMap.CleverValue(status: place.status, excuseCode: place.excuseCode)
        }
        return settings.statusMap.toClever[item.status]
    }

    private func confirmPutBacks() throws {
        try state.transaction { tx in
            for row in try tx.rowsForClever() where row.isPutBack && row.state == .unconfirmed {
                try self.recogniseEcho(row.key, tx)
            }
        }
    }

    /// An operator refused to have the office's change written to Schoology, before anybody had compared it with the
    /// teacher's that waits here. Nothing will read the section for it any more: the two are merged as they are known.
    private func compareWithWhatWasRefused() throws {
        try state.transaction { [now] tx in
            for row in try tx.rowsForClever() {
                let mark = try tx.mark(row.key)
                guard let refused = mark.refusedClever, try self.cleverStatus(row.key, tx)?.status == refused,
                    try self.reasonToWait(row, tx) != nil, try tx.outboxItem(row.key, side: .schoology) == nil
                else { continue }
                _ = try self.settle(row.key, showing: mark.schoology ?? .present, seenAt: now, tx)
            }
        }
    }

    private func sayConfirmed() throws {
        guard counts.confirmed > 0 else { return }
        let left = try state.reading { [now] in try $0.totals(now: now).unconfirmed }
        log(.info, .csvConfirmed, ["rows": .int(counts.confirmed), "unconfirmed": .int(left)])
    }

    private func sayOverdue(_ target: SFTPSettings) throws {
        let overdue = try state.transaction { [now] in
            try $0.newlyOverdueRows(uploadedBefore: now - target.confirmWithin)
        }
        guard let oldest = overdue.first?.uploaded else { return }
        log(
            .warning, .csvOverdue,
            [
                "rows": .int(overdue.count), "uploaded": .id(oldest),
                "repair": """
                look in Clever's dashboard whether it took the file, and why not; the rows stay in every upload \
                until it shows them (`attendance-sync outbox list`)
                """,
            ])
    }

    // MARK: Failures

    private static let firstWait = Span.minutes(1)

    private func uploadFailed(_ error: SFTPError) throws {
        guard error != .cancelled || !stopFlag.isSet else { return }
        uploadFailures += 1
        let wait = Self.firstWait * (1 << Int64(min(uploadFailures - 1, 6)))
        uploadNotBefore = world.clock.uptime() + min(wait, settings.clever.sftp?.uploadInterval ?? wait)
        let failure = SideFailure.upload(error, repair: settings.clever.sftp?.repair(of: error) ?? "")
        failures.append(failure)
        let problem = "\(failure)"
        let known = try state.reading { try $0.text(.csvProblem) }
        try state.transaction { try $0.set(.csvProblem, text: problem) }
        guard error == .refusedCredential else { return }
        failuresSaid.append(failure)
        guard known != problem else { return }
        log(
            .error, .authFailed,
            ["side": "sftp", "status": "", "message": .id(error), "repair": .id(failure.repair)])
        try state.transaction { [now] in try $0.set(.csvRefusedAt, now.milliseconds) }
    }

    private func sftpRecovered() throws {
        guard try state.reading({ try $0.number(.csvRefusedAt) }) != nil else { return }
        try state.transaction { try $0.set(.csvRefusedAt, nil) }
        log(.notice, .authRecovered, ["side": "sftp"])
    }

    /// Beside the file, and no name that Clever looks for.
    private static func temporaryName(_ url: String) -> String {
        (url.split(separator: "/").last.map(String.init) ?? "attendance.csv") + ".part"
    }
}

extension SFTPSettings {
    public var transportCredential: SFTPCredential {
        switch credential {
        case .password(let password): .password(user: username.reveal(), password: password.reveal())
        case .privateKeyFile(let path): .privateKey(user: username.reveal(), path: path)
        }
    }
}
