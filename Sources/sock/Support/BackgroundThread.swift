import Glibc

/// A thread that may block: for descriptors whose O_NONBLOCK is not ours to set, and for signals.
enum BackgroundThread {
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a detached thread.
    ///
    /// It ends with `body` or with the process.
    ///
    /// - Throws: A failure where the system has no thread, or no memory for one.
    static func start(_ body: @escaping @Sendable () -> Void) throws(Failure) {
        let start = unsafe Unmanaged.passRetained(Start(body))
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            },
            start.toOpaque()
        )
        guard error == 0 else {
            unsafe start.release()
            throw Failure(SystemError(number: error), "start a thread")
        }
        pthread_detach(thread)
    }
}

/// A counting semaphore (sem_overview(7)) between a blocking thread and everybody else.
@safe final class Semaphore: @unchecked Sendable {
    // "@unchecked": at a stable address for life, and sem_post and sem_wait are made for any number
    // of threads.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init(_ initial: UInt32 = 0) {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe semaphore.initialize(to: sem_t())
        _ = unsafe sem_init(semaphore, 0, initial)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() { _ = unsafe sem_post(semaphore) }

    /// Blocks the thread.
    func wait() { while unsafe sem_wait(semaphore) != 0, errno == EINTR {} }

    /// Blocks the thread, but not for longer than this.
    func wait(within limit: Duration) {
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        let (seconds, attoseconds) = limit.components
        let nanoseconds = end.tv_nsec + Int(attoseconds / 1_000_000_000)
        end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        while unsafe sem_timedwait(semaphore, &end) != 0, errno == EINTR {}
    }
}
