/// Triggers through the control endpoint.
enum ControlTriggers {
    /// Each member that is there is set: `url` (empty: nobody is subscribed), `writes`, `retry_seconds`.
    static func subscribe(_ body: JSONValue, _ world: inout World) throws(ControlRefusal) -> WireReply {
        if let text = body["url"]?.text {
            do {
                world.schoology.triggers.url = text.isEmpty ? nil : try TriggerURL(text)
            } catch {
                throw ControlRefusal(status: 400, message: error.description)
            }
        }
        if let writes = body["writes"]?.bool { world.schoology.triggers.firesForWrites = writes }
        if let seconds = body["retry_seconds"]?.double, (0...86_400).contains(seconds) {
            world.schoology.triggers.retryMilliseconds = Int64(seconds * 1000)
        }
        return .json(Array("{}".utf8))
    }

    /// The sendings, from number `after` on, and how many events wait to be sent again.
    static func list(_ request: WireRequest, _ world: World) -> WireReply {
        let after = max(0, request.parameter("after").flatMap { Int($0) } ?? 0)
        let book = world.schoology.triggers
        var json = JSONWriter()
        json.object { json in
            json.string("url", orNull: book.url?.description)
            json.number("pending", book.pending.count)
            json.array("triggers", book.log.entries.dropFirst(after)) { json, record in
                json.object { json in
                    json.number("number", record.number)
                    json.number("event", record.event)
                    json.number("attempt", record.attempt)
                    json.string("time", record.time.description)
                    json.string("url", record.url)
                    json.string("status", orNull: record.status.map { String($0) })
                    json.string("retry", orNull: record.retry?.description)
                    json.bool("lost", record.isLost)
                    json.key("body")
                    json.raw(Array(record.body.utf8))
                }
            }
        }
        return .json(json.bytes)
    }
}
