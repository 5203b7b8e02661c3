/// Why a control request isn't done.
struct ControlRefusal: Error {
    let status: Int
    let message: String

    static func missing(_ name: String) -> ControlRefusal {
        ControlRefusal(status: 400, message: "\(name) is missing or wrong")
    }
}
