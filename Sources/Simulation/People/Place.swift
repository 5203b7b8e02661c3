/// A student in a section, as both sides know it.
struct Place {
    var student: String
    var section: String
    var schoologySection: String
    /// Changes when the student is enrolled anew; nil: not enrolled in Schoology.
    var enrollment: String?
    /// The enrollment is archived or deleted: nothing can be written there.
    var isActive = true
    /// The student's daily records apply here.
    var takesDaily = false
}
