import AttendanceCore

@testable import SchoologyAPI

extension FuzzTarget {
    /// The answer of a PUT: one result for each of its elements, in their order; never a code that isn't there.
    static let schoologyPutResults = FuzzTarget(name: "schoology-put-results", isJSON: true) { input throws(Finding) in
        try requireLine(SchoologyAnswer.message(input), limit: 200)
        try compare(input, codes) { json in
            guard json.isObject, let elements = try json.elements("attendance") else { throw JSON.Refused() }
            return try elements.map { try $0.flatMap { try $0.integer("response_code") } }
        }
        for result in (try? SchoologyAnswer.putResults(input)) ?? [] {
            try requireLine(result.message, limit: 200)
            try require(result.message != "", "an empty message")
            // Whatever code comes, there is a verdict.
            _ = ItemVerdict.verdict(code: result.code, rosterRefreshed: false)
        }
    }

    private static func codes(_ body: [UInt8]) throws(MalformedAnswer) -> [Int?] {
        try SchoologyAnswer.putResults(body).map(\.code)
    }
}
