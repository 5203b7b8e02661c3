/// Set once, when the process is told to stop: no request begins after it.
final class StopFlag {
    private(set) var isSet = false

    func set() { isSet = true }
}
