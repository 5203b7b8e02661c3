import Answers
import AttendanceCore

/// One element of a page of attendance records. Reading it never throws: what can't be understood is an outcome.
struct AttendanceElement: Decodable {
    enum Outcome {
        case record(CleverRecord)
        case unreadable(UnreadableRecord)

        static func notAnObject(_ what: String) -> Outcome {
            var fingerprint = Fingerprint()
            fingerprint.add("not an object")
            fingerprint.add(what)
            return .unreadable(
                UnreadableRecord(
                    reason: "the record is \(what) instead of an object", fingerprint: fingerprint.hexadecimal))
        }
    }

    var outcome: Outcome

    init(from decoder: any Decoder) {
        guard let fields = try? decoder.container(keyedBy: Field.self) else {
            outcome = .notAnObject(AttendanceElement.kind(of: decoder))
            return
        }
        let raw = RawRecord(fields)
        switch raw.record {
        case .some(let record): outcome = .record(record)
        case nil: outcome = .unreadable(raw.defects)
        }
    }

    private static func kind(of decoder: any Decoder) -> String {
        if (try? decoder.unkeyedContainer()) != nil { return "a list" }
        guard let value = try? decoder.singleValueContainer() else { return "something else" }
        if (try? value.decode(String.self)) != nil { return "a text" }
        if (try? value.decode(Bool.self)) != nil { return "a truth value" }
        return (try? value.decode(Double.self)) != nil ? "a number" : "something that can't be decoded"
    }
}
