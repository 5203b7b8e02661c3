/// One parser of outside bytes and what must hold for whatever it is given.
struct FuzzTarget: Sendable {
    var name: String
    /// The input is an answer in JSON.
    var isJSON = false
    /// - Throws: where something doesn't hold. To crash is a finding as well.
    var run: @Sendable ([UInt8]) throws(Finding) -> Void

    static let all: [FuzzTarget] = [
        .json,
        .cleverAttendance, .cleverRoster, .schoologyAttendance, .schoologyPutResults, .schoologyLists,
        .schoologyMultiget, .triggerBody, .triggerRequest, .overrides, .toml, .configuration, .links, .unit,
        .knownHosts, .headers, .addresses,
    ]
}
