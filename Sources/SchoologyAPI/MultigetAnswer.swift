/// The answers of one multiget, in the order in which they came.
public struct MultigetAnswer: Sendable, Equatable {
    public struct Part: Sendable, Equatable {
        /// As answered.
        public var location: String
        /// The section in `location`; nil when there is none.
        public var sectionID: String?
        /// The part's own HTTP status; 0 when the answer doesn't say.
        public var code: Int
        /// The enrollments; nil unless the code is 2xx and the body could be read.
        public var page: SchoologyPage<SchoologyEnrollment>?
        /// Why there is no page, where that is known.
        public var message: String?

        public init(
            location: String, sectionID: String?, code: Int, page: SchoologyPage<SchoologyEnrollment>?,
            message: String? = nil
        ) {
            self.location = location
            self.sectionID = sectionID
            self.code = code
            self.page = page
            self.message = message
        }
    }

    public var parts: [Part]

    public init(parts: [Part]) {
        self.parts = parts
    }
}
