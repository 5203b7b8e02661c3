extension World {
    /// Both sides by key, for everyone who is found on both without a doubt: by date, Clever section and student.
    func marksByKey(from: CalendarDay, to: CalendarDay, includingPresent: Bool) -> [SandboxMarks] {
        guard from <= to else { return [] }
        var places: [(student: Int32, section: Int32, pair: SandboxPair)] = []
        for section in district.sections.indices {
            for student in district.sections[section].students {
                guard let pair = pair(student: Int(student), section: section) else { continue }
                places.append((student, Int32(section), pair))
            }
        }
        var result: [SandboxMarks] = []
        for epochDay in from.epochDay...to.epochDay {
            let day = CalendarDay(epochDay: epochDay)
            for (student, section, pair) in places {
                let row = (try? enrollmentIndex(pair.enrollment)).flatMap { index in
                    schoology.mark(Int32(index), day).map { record(Int32(index), day, $0) }
                }
                let marks = SandboxMarks(
                    pair: pair, date: day, clever: record(of: student, section: section, on: day),
                    daily: record(of: student, section: -1, on: day), schoology: row)
                if includingPresent || !marks.isPresent { result.append(marks) }
            }
        }
        return result
    }
}
