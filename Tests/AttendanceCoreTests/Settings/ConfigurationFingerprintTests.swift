import AttendanceCore
import Testing

@Suite struct ConfigurationFingerprintTests {
    /// It is stored, and compared after an upgrade.
    @Test func keepsItsForm() {
        #expect(
            DistrictSettings(name: "a", timezone: "America/Chicago").fingerprint
                == "both|America/Chicago|homeroom||present,present|absent,absent,E=excused,MED=excused|late,late"
                + "|present=present/,absent=absent/,late=tardy/,excused=absent/E|sis_id=section_school_code"
                + "|sis_id=school_uid,student_number=school_uid")
    }

    @Test func isOfWhatMarksMeanAndNotOfHowTheyAreSent() {
        let settings = DistrictSettings(name: "a", timezone: "America/Chicago")
        func changed(_ change: (inout DistrictSettings) -> Void) -> Bool {
            var other = settings
            change(&other)
            return other.fingerprint != settings.fingerprint
        }
        #expect(changed { $0.timezone = "America/Denver" })
        #expect(changed { $0.direction = .toClever })
        #expect(changed { $0.clever.schools = ["58da8c5da3c3a3a0d1000001"] })
        #expect(changed { $0.clever.daily = .none })
        #expect(changed { $0.statusMap.tardy.codes["X"] = .excused })
        #expect(changed { $0.matching.students = [] })
        #expect(!changed { $0.clever.pollInterval = .seconds(1) })
        #expect(!changed { $0.schoology.consumerKey = Secret("other") })
        #expect(!changed { $0.conflicts.policy = .hold })
        #expect(!changed { $0.safety.holdAboveCount = 1 })
    }
}
