import AttendanceCore

/// Turns an event into one line of the log. Pure: what it needs to know comes in.
public struct EventFormatter: Sendable, Hashable {
    public var format: LogFormat
    /// Under journald, which keeps the time and reads the severity from a prefix `<N>`.
    public var isForJournal: Bool

    public init(format: LogFormat, isForJournal: Bool) {
        self.format = format
        self.isForJournal = isForJournal
    }

    /// True when standard error is connected to the journal, as `sd_journal_stream_fd(3)` documents:
    /// `JOURNAL_STREAM` names device and inode of the stream.
    public static func isJournal(environment: [String: String], device: UInt64, inode: UInt64) -> Bool {
        environment["JOURNAL_STREAM"] == "\(device):\(inode)"
    }

    /// The line, with its line end.
    ///
    /// - Parameter repeated: how often the event happened again after its own line.
    public func line(for event: Event, at time: Timestamp, repeated: Int = 0) -> String {
        line(of: event, text(of: event, at: time, repeated: repeated))
    }

    func line(of event: Event, _ text: String) -> String {
        (isForJournal ? "<\(event.level.rawValue)>" : "") + text + "\n"
    }

    /// What the line says, without a prefix or a line end.
    func text(of event: Event, at time: Timestamp, repeated: Int) -> String {
        var fields: [Event.Field] = []
        if !isForJournal { fields.append(Event.Field("ts", .text(time.description))) }
        fields.append(Event.Field("level", .text(event.level.name)))
        fields.append(Event.Field("event", .text(event.name.rawValue)))
        if let district = event.district { fields.append(Event.Field("district", .text(district))) }
        if let cycle = event.cycle { fields.append(Event.Field("cycle", .integer(cycle))) }
        fields += event.fields
        if repeated > 0 { fields.append(Event.Field("repeated", .int(repeated))) }
        switch format {
        case .logfmt: return fields.map(Self.pair).joined(separator: " ")
        case .json: return "{" + fields.map(Self.member).joined(separator: ",") + "}"
        }
    }

    private static func pair(_ field: Event.Field) -> String {
        switch field.value {
        case .integer, .flag: "\(field.key)=\(field.value)"
        case .text(let text): "\(field.key)=" + (isPlain(text) ? text : quoted(text))
        }
    }

    private static func member(_ field: Event.Field) -> String {
        switch field.value {
        case .integer, .flag: "\(quoted(field.key)):\(field.value)"
        case .text(let text): "\(quoted(field.key)):\(quoted(text))"
        }
    }

    /// What logfmt needs no quotes for.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.value > 32 && scalar != "=" && scalar != "\"" && scalar != "\\" && !isHidden(scalar)
                    && !scalar.properties.isWhitespace
            }
    }

    /// A JSON string (RFC 8259 section 7), in which nothing can end the line or move a terminal's cursor.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isHidden(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
