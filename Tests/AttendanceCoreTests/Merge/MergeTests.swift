import AttendanceCore
import Testing

@Suite struct MergeTests {
    @Test(arguments: MergeCase.all)
    func decidesAsASchoolExpects(_ example: MergeCase) {
        #expect(merge(example.input, example.rules) == example.outcome)
    }

    @Test func takesItsRulesFromTheDistrictsSettings() {
        var settings = DistrictSettings(name: "springfield", timezone: "America/Chicago")
        #expect(MergeRules(settings) == MergeRules(direction: .both, policy: .clever, protect: [.excused]))
        settings.direction = .toClever
        settings.conflicts.policy = .newest
        settings.conflicts.protect = [.late]
        #expect(MergeRules(settings) == MergeRules(direction: .toClever, policy: .newest, protect: [.late]))
    }
}
