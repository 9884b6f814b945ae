internal import CLinux
internal import Glibc

extension System {
    private final class ThreadStart {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a detached thread with every signal blocked: signals go to the program's own threads.
    static func startThread(
        named name: String,
        _ body: @escaping @Sendable () -> Void
    ) throws(SocketError) {
        let start = unsafe Unmanaged.passRetained(
            ThreadStart {
                unsafe clinux_name_thread(name)
                body()
            }
        )
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread,
            &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            start.toOpaque()
        )
        guard error == 0 else {
            unsafe start.release()
            throw SocketError(.init(errno: error), in: .createLoop, errno: error)
        }
    }
}
