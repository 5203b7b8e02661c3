/// The section in the location of a multiget's part: `/v1/sections/{id}/enrollments`, with or without a host.
enum SectionLocation {
    static func sectionID(in location: String) -> String? {
        let path = location.prefix { $0 != "?" && $0 != "#" }
        let segments = path.split(separator: "/")
        guard let index = segments.lastIndex(of: "sections"), index + 2 < segments.count,
            segments[index + 2] == "enrollments"
        else { return nil }
        return String(segments[index + 1])
    }
}
