import AttendanceCore

@testable import SchoologyAPI

extension FuzzTarget {
    /// Multiget's envelope: each part has its own code, and a page only where that is 2xx and the body is one.
    static let schoologyMultiget = FuzzTarget(name: "schoology-multiget", isJSON: true) { input throws(Finding) in
        try compare(input, envelope) { json in
            guard json.isObject, let elements = try json.elements("response") else { throw JSON.Refused() }
            return try elements.map { element in
                guard let element, element.isObject else { return Envelope(location: "", code: 0, page: nil) }
                return Envelope(
                    location: try element.text("location") ?? "", code: try element.integer("response_code") ?? 0,
                    page: try page(element))
            }
        }
        for part in (try? SchoologyAnswer.multiget(input))?.parts ?? [] {
            try requireLine(part.message, limit: 400)
            try require(part.page == nil || (200..<300).contains(part.code), "a page with the code \(part.code)")
            try require(part.page != nil || !(200..<300).contains(part.code) || part.message != nil, "no reason why")
            if let section = part.sectionID {
                try require(
                    !section.isEmpty && part.location.contains("sections/\(section)/")
                        || part.location.contains("sections//"), "section \(section) in \(part.location)")
            }
        }
    }

    private struct Envelope: Equatable {
        var location: String
        var code: Int
        var page: SchoologyPage<SchoologyEnrollment>?
    }

    private static func envelope(_ body: [UInt8]) throws(MalformedAnswer) -> [Envelope] {
        try SchoologyAnswer.multiget(body).parts.map { part in
            var page = part.page
            for index in page?.items.indices ?? 0..<0 { page?.items[index].isAdmin = false }
            return Envelope(location: part.location, code: part.code, page: page)
        }
    }

    /// Nil where there is none to be read.
    private static func page(_ part: JSON) throws -> SchoologyPage<SchoologyEnrollment>? {
        guard let code = try part.integer("response_code"), (200..<300).contains(code), let body = part["body"] else {
            return nil
        }
        do {
            guard case .text(let text) = body else { return try enrollments(body) }
            switch JSONReader.read(Array(text.utf8)) {
            case .value(let json): return try enrollments(json)
            case .broken: return nil
            case .unclear: throw JSON.Unclear()
            }
        } catch is JSON.Refused {
            return nil
        }
    }
}
