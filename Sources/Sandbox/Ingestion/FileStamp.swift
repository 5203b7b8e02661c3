import Crypto

/// What tells a dropped file from the one before it. All of it counts: an upload of the same bytes is a new upload.
struct FileStamp: Sendable, Hashable {
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int
    let size: Int
    let digest: SHA256.Digest

    static func == (left: FileStamp, right: FileStamp) -> Bool {
        left.modifiedSeconds == right.modifiedSeconds && left.modifiedNanoseconds == right.modifiedNanoseconds
            && left.size == right.size && left.digest == right.digest
    }
}
