import Foundation
import Operations

/// Standard output and standard error.
enum Terminal {
    /// A stream that was closed by whoever started the program must not become the number of a file that is opened: what is
    /// said would be written into it.
    static func ensureStreams() {
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 { _ = open("/dev/null", O_RDWR) }
    }

    static func say(_ text: String) { write(Data((text + "\n").utf8)) }

    static func complain(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }

    /// Prints one JSON document. Keys are sorted, so that two outputs can be compared.
    static func say(json document: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        write(try encoder.encode(document) + Data("\n".utf8))
    }

    /// Where it can't be written (a full disk, a pipe that nobody reads any more) the command is over: what it was asked to
    /// show is lost.
    static func write(_ bytes: Data) {
        do {
            try FileHandle.standardOutput.write(contentsOf: bytes)
        } catch {
            if errno != EPIPE { complain("standard output can't be written: \(String(cString: strerror(errno)))") }
            exit(ExitStatus.operatorMustAct.rawValue)
        }
    }
}
