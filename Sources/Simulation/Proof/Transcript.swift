/// The event log of a simulation: the same for the same seed, byte for byte.
///
/// `@unchecked Sendable`: written by the simulation's one thread.
public final class Transcript: @unchecked Sendable {
    private let take: (String) -> Void
    /// Where the kernel lock is, which is another folder each time.
    var directory = ""

    public init(_ take: @escaping (String) -> Void) {
        self.take = take
    }

    func write(_ line: @autoclosure () -> String) {
        take(directory.isEmpty ? line() : line().replacing(directory, with: "STATE"))
    }
}
