/// `/_sandbox/…`: what a script can do to a running sandbox. Described in docs/SANDBOX.md.
enum ControlService {
    static func answer(_ request: WireRequest, core: SandboxCore) -> WireReply {
        let segments = request.segments
        guard segments.first == "_sandbox" else { return .message("try /_sandbox/counters", status: 404) }
        let name = segments.dropFirst().joined(separator: "/")
        let now = core.now
        if request.method == "POST", name == "clever/ingest" {
            // Reads the drop folder, which the world's lock has no part in.
            do {
                return try ControlIngestion.ingest(request, core: core)
            } catch {
                return .message(error.message, status: error.status)
            }
        }
        var body = JSONValue.object([:])
        if !request.body.isEmpty {
            guard let parsed = JSONValue(parsing: request.body) else { return .message("not JSON", status: 400) }
            body = parsed
        }
        do {
            return try core.withWorld { world throws(ControlRefusal) in
                try ControlCommands.run(name, method: request.method, body, request, &world, now: now)
            }
        } catch {
            return .message(error.message, status: error.status)
        }
    }
}
