import AttendanceCore

@testable import Triggers

extension FuzzTarget {
    /// What Schoology POSTs: it names sections that exist in the body, and nothing else is believed.
    static let triggerBody = FuzzTarget(name: "trigger-body", isJSON: true) { input throws(Finding) in
        try compare(input, named) { json in
            guard json.isObject, let type = try json.text("type") else { throw JSON.Refused() }
            guard type.hasPrefix("attendance.") else { return [] }
            guard let elements = try json.elements("data") else { throw JSON.Refused() }
            let sections = try elements.compactMap { try $0?.integer("section_id") }.filter { $0 > 0 }
            if !elements.isEmpty, sections.isEmpty { throw JSON.Refused() }
            return Set(sections.map(Int64.init))
        }
        guard let notices = try? TriggerEvent.notices(in: input) else { return }
        try require(Set(notices).count == notices.count, "the same notice twice")
        for notice in notices {
            try require(notice.schoologySection > 0, "section \(notice.schoologySection)")
            try require(notice.enrollment.map { $0 > 0 } ?? true, "enrollment \(String(describing: notice.enrollment))")
            if let day = notice.day { try require(Day(day.description) == day, "the day \(day)") }
            if let time = notice.editedAt {
                try require((1...100_000_000_000).contains(time.seconds), "the time \(time.milliseconds)")
            }
        }
    }

    private static func named(_ body: [UInt8]) throws(MalformedAnswer) -> Set<Int64> {
        Set(try TriggerEvent.notices(in: body).map(\.schoologySection))
    }
}
