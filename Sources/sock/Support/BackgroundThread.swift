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
    static func start(_ body: @escaping @Sendable () -> Void) {
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
        // Out of threads at the very start of a command: nothing can be done without one.
        guard error == 0 else { fatalError("no thread can be started (errno \(error))") }
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
}
