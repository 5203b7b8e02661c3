import CleverAPI
import Foundation

// json-reading ours|foundation PAGE ROUNDS: prints the microseconds of one record.

struct Page: Decodable {
    struct Record: Decodable {
        var studentID: String?
        var sectionID: String?
        var schoolID: String?
        var attendanceDate: String?
        var attendanceType: String?
        var attendanceStatus: String?
        var excuseCode: String?
        var lastModified: String?
        var created: String?
        var sisID: String?

        enum CodingKeys: String, CodingKey {
            case studentID = "student_id"
            case sectionID = "section_id"
            case schoolID = "school_id"
            case attendanceDate = "attendance_date"
            case attendanceType = "attendance_type"
            case attendanceStatus = "attendance_status"
            case excuseCode = "excuse_code"
            case lastModified = "last_modified"
            case created
            case sisID = "sis_id"
        }
    }

    var data: [Record]
}

let arguments = CommandLine.arguments
let body = try Data(contentsOf: URL(filePath: arguments[2]))
let bytes = [UInt8](body)
var records = 0
let took = try ContinuousClock().measure {
    for _ in 0..<Int(arguments[3])! {
        switch arguments[1] {
        case "ours": records += try CleverAnswer.attendance(bytes).records.count
        default: records += try JSONDecoder().decode(Page.self, from: body).data.count
        }
    }
}
print(took / .microseconds(1) / Double(records))
