internal import CLinux
internal import Glibc

extension System {
    /// Runs a call that has no MSG_NOSIGNAL (sendfile, splice) so that a peer that is gone is an
    /// error of the call and not a SIGPIPE to the process.
    ///
    /// A loop's thread has all signals blocked, and a pending SIGPIPE there harms nobody. On another
    /// thread it is blocked for the call, and one that the call made is taken back.
    static func withoutBrokenPipeSignal(_ call: () -> Int) -> Int {
        if EventLoop.current != nil { return call() }
        var pipe = sigset_t()
        unsafe sigemptyset(&pipe)
        unsafe sigaddset(&pipe, SIGPIPE)
        var pending = sigset_t()
        unsafe sigpending(&pending)
        let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
        var before = sigset_t()
        unsafe pthread_sigmask(SIG_BLOCK, &pipe, &before)
        let result = call()
        if result == -Int(EPIPE), !wasPending {
            var none = timespec()
            _ = unsafe sigtimedwait(&pipe, nil, &none)
        }
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        return result
    }
}
