/// From a request to an answer: faults before, the API itself, faults after, the log.
extension World {
    mutating func answer(_ request: WireRequest, from side: SandboxSide, baseURL: String, now: Instant) -> WireReply {
        let faults = faults.take(request, from: side)
        var skew = side == .clever ? clever.skewMilliseconds : schoology.skewMilliseconds
        for case .clockSkew(let seconds) in faults.map(\.action) { skew += Int64(seconds) * 1000 }
        let serverNow = now.adding(milliseconds: skew)

        let blow = faults.first { $0.action.replacesAnswer }
        let isServed = blow?.isApplied ?? true
        var reply = WireReply(status: 500)
        if isServed {
            reply = serve(request, from: side, baseURL: baseURL, now: serverNow, faults: faults.map(\.action))
        }
        if let blow {
            reply = blow.action.replacement(
                for: reply, from: side, isApplied: blow.isApplied, now: serverNow)
        }
        for fault in faults { fault.action.spoil(&reply) }
        reply.headers.append(("Date", serverNow.httpDate))
        record(request, from: side, reply: reply, wasServed: isServed, now: now)
        return reply
    }

    private mutating func serve(
        _ request: WireRequest, from side: SandboxSide, baseURL: String, now: Instant, faults: [FaultAction]
    ) -> WireReply {
        var shape = JSONShape.strict
        shape.singleObjects = faults.contains(.singleObjects)
        shape.numbersAsStrings = faults.contains(.numbersAsStrings)
        shape.emptyForNull = faults.contains(.emptyForNull)
        let hidesLinks = faults.contains(.absentLinks)
        let repeatsPages = faults.contains(.repeatedPages)
        switch side {
        case .clever:
            let quirks = CleverService.Quirks(
                shape: shape, links: hidesLinks ? .absent : repeatsPages ? .repeating : .complete,
                cursorsExpired: faults.contains(.expiredCursors))
            return CleverService.answer(request, world: &self, now: now, quirks: quirks)
        case .schoology:
            var quirks = SchoologyService.Quirks(shape: shape, hidesLinks: hidesLinks, repeatsPages: repeatsPages)
            for case .itemCount(let offset) in faults { quirks.itemCountOffset = offset }
            return SchoologyService.answer(request, world: &self, now: now, baseURL: baseURL, quirks: quirks)
        }
    }

    private mutating func record(
        _ request: WireRequest, from side: SandboxSide, reply: WireReply, wasServed: Bool, now: Instant
    ) {
        switch (side, request.method) {
        case (.clever, _): counters.cleverRequests += 1
        case (.schoology, "PUT"): counters.schoologyWrites += 1
        case (.schoology, _): counters.schoologyReads += 1
        }
        counters.rateLimited = clever.rate.refused + schoology.budget.refused
        counters.maxCreditsInWindow = schoology.budget.maxUsed
        counters.creditsSpent = schoology.budget.total
        requestCount += 1
        var items: [RequestRecord.Item] = []
        if request.method == "PUT", let list = JSONValue(parsing: request.body)?["attendances"]?["attendance"]?.list {
            items = list.map {
                RequestRecord.Item(
                    enrollment: $0["enrollment_id"]?.text ?? "", date: $0["date"]?.text ?? "",
                    status: $0["status"]?.text ?? "", comment: $0["comment"]?.text)
            }
        }
        log.append(
            RequestRecord(
                number: requestCount, time: now, side: side, method: request.method, target: request.target,
                status: reply.isSent ? reply.status : nil, bodySize: reply.isSent ? reply.body.count : 0, items: items,
                wasServed: wasServed))
    }
}
