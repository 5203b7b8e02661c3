/// Faults as the command line and the control endpoint write them.
extension Fault {
    /// Why a text is no fault.
    public struct Unreadable: Error, CustomStringConvertible {
        public let description: String
    }

    /// The faults of a JSON document: one object or a list of objects.
    public static func list(json bytes: [UInt8]) throws(Unreadable) -> [Fault] {
        guard let document = JSONValue(parsing: bytes), let objects = document.list else {
            throw Unreadable(description: "faults are a JSON object or a list of objects")
        }
        var faults: [Fault] = []
        for object in objects { faults.append(try Fault(object)) }
        return faults
    }

    /// `key=value,key=value`, with the keys of the JSON form.
    public init(parsing text: String) throws(Unreadable) {
        var members: [String: JSONValue] = [:]
        for pair in text.split(separator: ",") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { throw Unreadable(description: "not key=value: \(pair)") }
            members[String(sides[0])] = .string(String(sides[1]))
        }
        try self.init(.object(members))
    }

    init(_ json: JSONValue) throws(Unreadable) {
        self.init(try Self.action(json))
        guard case .object(let members) = json else { throw Unreadable(description: "a fault is an object") }
        if let name = members.keys.sorted().first(where: { !Self.keys.contains($0) }) {
            throw Unreadable(description: "unknown key: \(name)")
        }
        if let name = json["side"]?.text {
            guard let side = SandboxSide(rawValue: name) else { throw Unreadable(description: "unknown side: \(name)") }
            self.side = side
        }
        method = json["method"]?.text
        path = json["path"]?.text ?? "*"
        skip = json["skip"]?.integer ?? 0
        count = json["count"]?.integer
        probability = json["probability"]?.double ?? 1
        isApplied = json["applied"]?.bool ?? (json["applied"]?.text == "true")
    }

    private static let keys: Set<String> = [
        "action", "side", "method", "path", "skip", "count", "probability", "applied", "status", "body",
        "retry_after", "seconds", "bytes", "offset", "code", "message", "enrollments",
    ]

    private static func action(_ json: JSONValue) throws(Unreadable) -> FaultAction {
        let name = json["action"]?.text ?? ""
        switch name {
        case "status":
            return .status(
                try integer("status", json), body: json["body"]?.text, retryAfter: json["retry_after"]?.integer)
        case "html": return .html(status: json["status"]?.integer ?? 502)
        case "reset": return .reset
        case "hang":
            guard let seconds = json["seconds"]?.double, seconds >= 0, seconds <= 86_400 else {
                throw Unreadable(description: "hang needs seconds")
            }
            return .hang(seconds: seconds)
        case "truncated": return .truncated(bytes: json["bytes"]?.integer)
        case "content_length": return .contentLength(offset: try integer("offset", json))
        case "item_count": return .itemCount(offset: try integer("offset", json))
        case "item_code":
            return .itemCode(
                try integer("code", json), message: json["message"]?.text, enrollments: enrollments(json))
        case "single_objects": return .singleObjects
        case "numbers_as_strings": return .numbersAsStrings
        case "empty_for_null": return .emptyForNull
        case "clock_skew": return .clockSkew(seconds: try integer("seconds", json))
        case "repeated_pages": return .repeatedPages
        case "expired_cursors": return .expiredCursors
        case "absent_links": return .absentLinks
        default: throw Unreadable(description: "unknown action: \(name)")
        }
    }

    private static func integer(_ name: String, _ json: JSONValue) throws(Unreadable) -> Int {
        guard let number = json[name]?.integer else { throw Unreadable(description: "\(name) must be a number") }
        return number
    }

    /// A list, or one text with `+` between the ids.
    private static func enrollments(_ json: JSONValue) -> Set<String>? {
        guard let value = json["enrollments"] else { return nil }
        if let list = value.list { return Set(list.compactMap(\.text)) }
        return value.text.map { Set($0.split(separator: "+").map(String.init)) }
    }
}
