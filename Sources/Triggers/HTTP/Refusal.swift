/// Why bytes are no request that can be served.
enum Refusal: Error {
    case malformed
    case headTooLarge
    case bodyTooLarge
}
