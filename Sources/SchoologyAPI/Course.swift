import Answers

/// A course, read for its id alone (REST API, "Course").
struct Course: ListItem {
    static var list: Field { "course" }

    var id: String

    init?(_ fields: Fields) {
        guard let id = fields.text("id") else { return nil }
        self.id = id
    }
}
