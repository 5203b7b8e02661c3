import Glibc

/// Runs `body` on a new detached thread with every signal blocked. False, with `errno`, when there is none to be had.
///
/// libcurl is told to leave signals alone (`CURLOPT_NOSIGNAL`), so a peer that hangs up would raise SIGPIPE here; and
/// SIGTERM must reach the threads that wait for it. The resolver's threads inherit the mask.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    let context = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let error = pthread_create(
        &thread, nil,
        { context in
            Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
            return nil
        }, context.toOpaque())
    guard error == 0 else {
        context.release()
        errno = error
        return false
    }
    pthread_detach(thread)
    return true
}
