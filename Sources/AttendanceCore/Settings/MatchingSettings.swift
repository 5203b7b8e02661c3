/// `[district.matching]`: how Clever's identities find Schoology's. Ordered; the first rule that finds exactly one wins.
public struct MatchingSettings: Sendable, Hashable {
    /// `<clever field>=<schoology field>` for sections.
    public struct SectionRule: Sendable, Hashable, CustomStringConvertible {
        public enum CleverField: String, Sendable, CaseIterable {
            case sisID = "sis_id"
            case sectionNumber = "section_number"
            case id
        }

        public enum SchoologyField: String, Sendable, CaseIterable {
            /// Found 50 at a time by `GET sections?section_school_codes=`.
            case sectionSchoolCode = "section_school_code"
            /// Found by listing every course.
            case sectionCode = "section_code"
        }

        public var clever: CleverField
        public var schoology: SchoologyField

        public init(_ clever: CleverField, _ schoology: SchoologyField) {
            self.clever = clever
            self.schoology = schoology
        }

        public var description: String { "\(clever.rawValue)=\(schoology.rawValue)" }
    }

    /// `<clever field>=<schoology field>` for students.
    public struct StudentRule: Sendable, Hashable, CustomStringConvertible {
        public enum CleverField: String, Sendable, CaseIterable {
            case sisID = "sis_id"
            case studentNumber = "student_number"
            case stateID = "state_id"
            case id
        }

        public enum SchoologyField: String, Sendable, CaseIterable {
            case schoolUID = "school_uid"
        }

        public var clever: CleverField
        public var schoology: SchoologyField

        public init(_ clever: CleverField, _ schoology: SchoologyField = .schoolUID) {
            self.clever = clever
            self.schoology = schoology
        }

        public var description: String { "\(clever.rawValue)=\(schoology.rawValue)" }
    }

    public var sections: [SectionRule] = [SectionRule(.sisID, .sectionSchoolCode)]
    public var students: [StudentRule] = [StudentRule(.sisID), StudentRule(.studentNumber)]
    /// Absolute path of the overrides CSV, empty when there is none. The engine reads it again when it changes.
    public var overridesFile = ""

    public init() {}
}
