/// `attendance.csv` through the control endpoint.
enum ControlIngestion {
    /// Without a body Clever looks into the drop folder; `{"csv": "…"}`, or any bytes as `text/csv`, are taken as a
    /// file of their own.
    static func ingest(_ request: WireRequest, core: SandboxCore) throws(ControlRefusal) -> WireReply {
        let report: IngestionReport
        if request.headers["content-type"]?.lowercased().hasPrefix("text/csv") == true {
            report = core.ingest(request.body)
        } else if request.body.isEmpty || request.body == Array("{}".utf8) {
            report = core.ingestDropFolder()
        } else {
            guard let csv = JSONValue(parsing: request.body)?["csv"]?.text else { throw .missing("csv") }
            report = core.ingest(Array(csv.utf8))
        }
        var json = JSONWriter()
        json.object { write(report, to: &$0) }
        return .json(json.bytes)
    }

    /// The files that were processed, from number `after` on.
    static func list(_ request: WireRequest, _ world: World) -> WireReply {
        let after = max(0, request.parameter("after").flatMap { Int($0) } ?? 0)
        var json = JSONWriter()
        json.object { json in
            json.array("ingestions", world.clever.ingestions.entries.dropFirst(after)) { json, report in
                json.object { write(report, to: &$0) }
            }
        }
        return .json(json.bytes)
    }

    private static func write(_ report: IngestionReport, to json: inout JSONWriter) {
        json.number("number", report.number)
        json.string("time", report.time.description)
        switch report.outcome {
        case .ingested: json.string("outcome", "ingested")
        case .refused(let reason):
            json.string("outcome", "refused")
            json.string("error", reason)
        case .paused: json.string("outcome", "paused")
        case .noFile: json.string("outcome", "no_file")
        case .sameFile: json.string("outcome", "same_file")
        }
        json.number("taken", report.taken)
        json.number("created", report.created)
        json.number("changed", report.changed)
        json.number("unchanged", report.unchanged)
        json.number("moved", report.moved)
        json.array("rejected", report.rejected) { json, rejection in
            json.object {
                $0.number("line", rejection.line)
                $0.string("reason", rejection.reason)
            }
        }
    }
}
