/// Why a listener didn't start.
public enum TriggerListenerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A trigger comes without TLS: only this machine may be listened to.
    case notLoopback(ListenAddress)
    case addressInUse(ListenAddress)
    /// Ports below 1024 are root's.
    case notPermitted(ListenAddress)
    /// This machine doesn't have the address: IPv6 may be turned off.
    case noSuchAddress(ListenAddress)
    case alreadyStarted
    /// Descriptors ran out, or anything else; in the operating system's words.
    case failed(ListenAddress, reason: String)

    public var description: String {
        switch self {
        case .notLoopback(let address): "\(address) is not a loopback address"
        case .addressInUse(let address): "another program listens on \(address)"
        case .notPermitted(let address): "this user may not listen on \(address)"
        case .noSuchAddress(let address): "this machine has no address \(address.address)"
        case .alreadyStarted: "this listener has been started before"
        case .failed(let address, let reason): "can't listen on \(address): \(reason)"
        }
    }

    /// What an operator can do about it.
    public var repair: String {
        switch self {
        case .notLoopback: "listen on 127.0.0.1 and put a proxy with TLS before it (docs/TRIGGERS.md)"
        case .addressInUse(let address):
            "find it with `ss -ltnp 'sport = :\(address.port)'`, or set another port in triggers.listen and in the proxy"
        case .notPermitted: "set a port from 1024 up in triggers.listen and in the proxy"
        case .noSuchAddress: "listen on 127.0.0.1"
        case .alreadyStarted: "make a new one"
        case .failed: "mend what the system says; the program works without triggers, by reading at its intervals"
        }
    }
}
