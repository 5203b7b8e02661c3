import AttendanceCore

/// `status --metrics`: Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), as
/// node_exporter's textfile collector reads it. Times are Unix seconds; what isn't known has no line.
struct StatusMetrics {
    private let districts: [StatusDocument.District]

    init(_ districts: [StatusDocument.District]) { self.districts = districts }

    var text: String {
        var lines: [String] = []
        func metric(
            _ name: String, _ help: String, _ samples: (StatusDocument.District) -> [(labels: String, value: Int64)]
        ) {
            lines += ["# HELP attendance_sync_\(name) \(help)", "# TYPE attendance_sync_\(name) gauge"]
            for district in districts {
                for sample in samples(district) {
                    lines.append(
                        "attendance_sync_\(name){district=\"\(district.district)\"\(sample.labels)} \(sample.value)")
                }
            }
        }
        func gauge(_ name: String, _ help: String, _ value: @escaping (StatusDocument.District) -> Int64?) {
            metric(name, help) { district in value(district).map { [("", $0)] } ?? [] }
        }
        gauge("up", "1 while a process holds the district's state.") { $0.daemon == nil ? 0 : 1 }
        gauge("last_success_timestamp_seconds", "When the last good cycle ended.") {
            seconds($0.lastGoodCycle?.finished)
        }
        gauge("needs_person", "Lines of status that need a person.") { Int64($0.needsPerson.count) }
        gauge("waiting_writes", "Decided and not delivered, dead letters aside.") { Int64($0.outbox) }
        gauge("oldest_waiting_timestamp_seconds", "When the oldest of them was decided.") { seconds($0.oldestUnsynced) }
        gauge("dead_letters", "Writes that were rejected for good.") { Int64($0.deadLetters) }
        gauge("held_batches", "Batches that the safety valve holds.") { Int64($0.heldBatches) }
        gauge("open_conflicts", "Conflicts that a person has to decide.") { Int64($0.openConflicts) }
        gauge("unmatched_students", "Clever's students without a counterpart.") { Int64($0.unmatchedStudents) }
        gauge("unmatched_sections", "Clever's sections without a counterpart.") { Int64($0.unmatchedSections) }
        gauge("waiting_records", "Attendance records that wait for a match.") { Int64($0.waitingRecords) }
        gauge("unconfirmed_rows", "Rows of attendance.csv that Clever doesn't show yet.") { Int64($0.unconfirmed) }
        gauge("paused", "1 while Clever or an operator has the district paused.") { $0.paused ? 1 : 0 }
        metric("credential_refused", "1 while that side refuses the credential.") { district in
            ["clever", "schoology", "sftp"].map { side in
                (",side=\"\(side)\"", district.refusedCredentials.contains(side) ? 1 : 0)
            }
        }
        return lines.joined(separator: "\n")
    }

    private func seconds(_ time: String?) -> Int64? { time.flatMap { Timestamp($0) }.map { $0.milliseconds / 1000 } }
}
