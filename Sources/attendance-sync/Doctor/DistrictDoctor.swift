import AttendanceCore
import Foundation
import SyncState
import Transport

/// Every check of one district, in the order in which an operator would look.
struct DistrictDoctor {
    let settings: DistrictSettings
    let stateDirectory: String
    /// Nil where the secrets could not be read.
    let loop: CurlLoop?
    let now: Timestamp

    func checks() async -> [Check] {
        var checks = [ConfigurationDoctor.timeZone(settings, now: now)]
        if let overrides = ConfigurationDoctor.overrides(settings) { checks.append(overrides) }
        let state = StateDoctor(settings: settings, directory: stateDirectory, now: now)
        defer { state.state?.close() }
        if let loop {
            checks += await sides(state, loop: loop)
            checks.append(await SFTPDoctor(settings: settings).check())
        } else {
            checks += ["Clever", "Schoology", "SFTP round trip"].map {
                .skipped($0, "not asked before the configuration is mended")
            }
        }
        return checks + state.checks
    }

    private func sides(_ state: StateDoctor, loop: CurlLoop) async -> [Check] {
        let transport = CurlTransport(loop: loop, caFile: settings.caFile, version: Version.current)
        let cleverAsker = Asker(transport: transport)
        var clever = CleverDoctor(settings: settings, asker: cleverAsker, today: today)
        let cleverConnection = await ConnectionDoctor(
            side: "Clever", url: settings.clever.baseURL, caFile: settings.caFile, now: now
        ).check()
        if cleverConnection.result != .failed { await clever.examine() }

        let schoologyAsker = Asker(transport: transport, signer: signer, limit: limit(state))
        let example = try? state.state?.reading { try $0.exampleSection(now: now) }
        var schoology = SchoologyDoctor(
            settings: settings, asker: schoologyAsker, today: today,
            section: (example?.schoologyID).map(String.init),
            schoolCodes: clever.sample.sections.compactMap(\.sisID),
            schoolUIDs: example?.schoolUID.map { [$0] } ?? clever.sample.students.compactMap(\.sisID))
        let schoologyConnection = await ConnectionDoctor(
            side: "Schoology", url: settings.schoology.baseURL, caFile: settings.caFile, now: now
        ).check()
        var matches: [Check] = []
        if schoologyConnection.result != .failed {
            await schoology.examine()
            matches = await RosterDoctor(
                settings: settings, asker: schoologyAsker, state: state.state, sample: clever.sample,
                canAsk: schoology.maySearch
            ).checks()
        } else if state.state != nil {
            matches = await RosterDoctor(
                settings: settings, asker: schoologyAsker, state: state.state, sample: clever.sample, canAsk: false
            ).checks()
        }
        var skews: [(side: String, ahead: Span)] = []
        if let skew = cleverAsker.skew { skews.append(("Clever", skew)) }
        if let skew = schoologyAsker.skew { skews.append(("Schoology", skew)) }
        return [cleverConnection] + clever.checks + [schoologyConnection] + schoology.checks
            + [ClockDoctor.check(skews)] + matches
    }

    /// While the service runs it needs the credits itself: no more than half of them.
    private func limit(_ state: StateDoctor) -> RateLimit {
        var limit = settings.schoology.rateLimit
        if state.isHeld { limit.credits = max(limit.writeCost, limit.credits / 2) }
        return limit
    }

    private var signer: OAuthSigner { Signers.reader(settings.schoology, stateDirectory: stateDirectory) }

    private var today: Day { DistrictCalendar(settings).day(of: now) }
}
