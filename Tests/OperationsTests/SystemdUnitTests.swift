import Operations
import Testing

/// What is made of `systemctl show`.
@Suite struct SystemdUnitTests {
    @Test func readsAServiceThatRuns() {
        let unit = SystemdUnit(
            """
            Type=notify
            Result=success
            NRestarts=2
            WatchdogUSec=10min
            LoadState=loaded
            ActiveState=active
            SubState=running
            ActiveEnterTimestamp=Mon 2026-11-16 05:00:01 CST
            LimitNOFILE=524288
            """)
        #expect(unit.isInstalled && unit.isActive)
        #expect(unit.state == "active (running)")
        #expect(unit.since == "Mon 2026-11-16 05:00:01 CST")
        #expect(unit.restarts == 2)
        #expect(unit.watchdog == "10min")
        #expect(unit.openFiles == "524288")
    }

    @Test func tellsUnitsApart() {
        let units = SystemdUnit.all(
            """
            Id=attendance-sync.service
            LoadState=loaded
            ActiveState=failed
            Result=exit-code

            Id=attendance-sync@springfield.service
            DynamicUser=yes
            LoadState=loaded
            ActiveState=active
            SubState=running
            """)
        #expect(units.map(\.id) == ["attendance-sync.service", "attendance-sync@springfield.service"])
        #expect(units.map(\.hasFailed) == [true, false])
        #expect(units.map(\.hasDynamicUser) == [false, true])
    }

    @Test func saysWhatTheSandboxLacks() {
        let whole = """
            DynamicUser=yes
            User=attendance-sync
            NoNewPrivileges=yes
            ProtectSystem=strict
            ProtectHome=read-only
            PrivateTmp=yes
            StateDirectoryMode=0700
            LimitCORE=0
            """
        #expect(SystemdUnit(whole).missingProtections == [])
        #expect(SystemdUnit(whole).user == "a user of its own")
        let weakened = SystemdUnit(
            whole.replacing("DynamicUser=yes", with: "DynamicUser=no").replacing("strict", with: "no")
                .replacing("LimitCORE=0", with: "LimitCORE=infinity"))
        #expect(weakened.user == "attendance-sync")
        #expect(weakened.missingProtections == ["ProtectSystem=no", "LimitCORE=infinity"])
        #expect(SystemdUnit("DynamicUser=no\nUser=").user == nil)
        #expect(SystemdUnit("User=root").user == nil)
    }

    @Test func readsAServiceThatHasFailedOrIsNotThere() {
        let failed = SystemdUnit(
            "LoadState=loaded\nActiveState=failed\nSubState=failed\nResult=exit-code\nWatchdogUSec=0\nActiveEnterTimestamp=\n"
        )
        #expect(failed.isInstalled && !failed.isActive)
        #expect(failed.state == "failed (exit-code)")
        #expect(failed.since == nil && failed.watchdog == nil)
        #expect(!SystemdUnit("LoadState=not-found\nActiveState=inactive\nSubState=dead").isInstalled)
        #expect(!SystemdUnit("").isInstalled)
    }
}
