import AttendanceCore
import Transport

/// Clever's SFTP server as one machine sees it.
///
/// `@unchecked Sendable`: used by the simulation's one thread.
final class SimulatedDropFolder: SFTPTransport, @unchecked Sendable {
    private let machine: Machine
    private let town: SimulatedTown
    private let proof: Proof
    private let luck: Luck
    private let sabotage: Sabotage?

    init(machine: Machine, town: SimulatedTown, proof: Proof, luck: Luck, sabotage: Sabotage?) {
        self.sabotage = sabotage
        self.machine = machine
        self.town = town
        self.proof = proof
        self.luck = luck
    }

    func upload(_ upload: SFTPUpload) async throws(SFTPError) {
        guard !machine.isDead else { throw .cancelled }
        // As it begins: what happens while it connects, nobody can see any more.
        town.transcript?.write("\(town.time.now) > upload of \(upload.bytes.count) bytes")
        proof.uploads(upload.bytes)
        try await step()
        let fault = luck.strikesUpload(town)
        if let fault { town.transcript?.write("\(town.time.now) < upload \(fault.rawValue)") }
        switch fault {
        case .uploadCannotConnect: throw .cannotConnect(detail: "refused")
        case .uploadRefused: throw .refusedCredential
        case .uploadNotPermitted: throw .notPermitted
        case .uploadNoSpace: throw .noSpace
        default: break
        }
        // The temporary file is written, the old one removed where rename can't replace it, the new one renamed.
        try await step()
        if fault == .uploadCutBefore { throw .cut(renamed: false, detail: "reset") }
        try await step()
        if fault == .uploadCutBetween {
            town.file = nil
            throw .cut(renamed: nil, detail: "reset")
        }
        if luck.below(2) == 0 {
            town.file = nil
            try await step()
        }
        town.uploadCount += 1
        town.counts.uploads += 1
        proof.wasUploaded(town.uploadCount)
        var bytes = upload.bytes
        if sabotage == .uploadsAnotherStatus {
            bytes = Array(String(decoding: bytes, as: UTF8.self).replacing("tardy", with: "absent").utf8)
        }
        town.file = (bytes, town.uploadCount)
        try await step()
        if fault == .uploadCutAfter { throw .cut(renamed: nil, detail: "reset") }
        if fault == .uploadTimedOut { throw .timedOut(renamed: nil) }
    }

    /// A part of it takes its time, and the machine may not outlive it.
    private func step() async throws(SFTPError) {
        guard !machine.isDead else { throw .cancelled }
        machine.countEffect()
        guard !machine.isDead else { throw .cancelled }
        await machine.sleep(.milliseconds(luck.latency([])))
        guard !machine.isDead else { throw .cancelled }
    }
}
