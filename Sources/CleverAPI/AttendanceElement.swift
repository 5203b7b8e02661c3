import Answers
import AttendanceCore

/// One element of a page of attendance records. Reading it never fails: what can't be understood is an outcome.
enum AttendanceElement {
    case record(CleverRecord)
    case unreadable(UnreadableRecord)

    init(_ value: JSONValue) {
        guard value.isObject else {
            self = .notAnObject(Self.kind(of: value))
            return
        }
        let raw = RawRecord(value)
        self = if let record = raw.record { .record(record) } else { .unreadable(raw.defects) }
    }

    private static func notAnObject(_ what: String) -> AttendanceElement {
        var fingerprint = Fingerprint()
        fingerprint.add("not an object")
        fingerprint.add(what)
        return .unreadable(
            UnreadableRecord(
                reason: "the record is \(what) instead of an object", fingerprint: fingerprint.hexadecimal))
    }

    private static func kind(of value: JSONValue) -> String {
        if value.isNull { return "null" }
        if value.isList { return "a list" }
        if value.flag != nil { return "a truth value" }
        return value.isNumber ? "a number" : "a text"
    }
}
