internal import Glibc
internal import Synchronization

/// What comes on the standard input, which may be a terminal, a pipe or a file: read by a thread of
/// its own, as read(2) of a file never says that it would block.
///
/// The thread reads when it is asked to and not ahead, so a fast writer waits instead of filling
/// memory, and what nobody asked for stays where it is. Used by one task at a time.
final class StandardInput: Sendable {
    private let chunks: AsyncStream<[UInt8]>
    private let reader: InputThread

    /// - Parameter watchesWidth: Whether to give an empty chunk when the terminal's width changes.
    init(watchesWidth: Bool = false) {
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        self.chunks = chunks
        reader = InputThread(continuation, watchesWidth: watchesWidth)
        reader.start()
    }

    deinit { reader.stop() }

    /// The next bytes; nil at the end and when the task is cancelled.
    func next() async -> [UInt8]? {
        reader.ask()
        for await chunk in chunks { return chunk }
        return nil
    }
}

/// The thread of a ``StandardInput``.
@safe private final class InputThread: Sendable {
    /// How often the width is looked at, in milliseconds: SIGWINCH would need a handler for the
    /// whole process.
    ///
    /// Arbitrary: a person resizing a window does not notice.
    private static let widthInterval: CInt = 300

    /// One read(2), in bytes.
    ///
    /// Arbitrary: a pipe's atomic size and a screen of text.
    private static let chunkSize = 4_096

    private let continuation: AsyncStream<[UInt8]>.Continuation
    private let watchesWidth: Bool
    // At a stable address for life; sem_post and sem_wait are made for any threads.
    nonisolated(unsafe) private let asked: UnsafeMutablePointer<sem_t>
    private let isStopped = Atomic<Bool>(false)

    init(_ continuation: AsyncStream<[UInt8]>.Continuation, watchesWidth: Bool) {
        self.continuation = continuation
        self.watchesWidth = watchesWidth
        unsafe asked = .allocate(capacity: 1)
        unsafe asked.initialize(to: sem_t())
        _ = unsafe sem_init(asked, 0, 0)
    }

    deinit {
        unsafe sem_destroy(asked)
        unsafe asked.deallocate()
    }

    func start() {
        let reference = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<InputThread>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            },
            reference.toOpaque()
        )
        guard error == 0 else {
            unsafe reference.release()
            return continuation.finish()
        }
        pthread_detach(thread)
    }

    func ask() { _ = unsafe sem_post(asked) }

    /// Lets the thread end: at once while it waits to be asked, else with the input's next bytes.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        continuation.finish()
        ask()
    }

    private func run() {
        var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
        var width = watchesWidth ? Terminal.columnCount : 0
        while awaitRequest() {
            guard awaitInput(&width) else {
                continuation.yield([])
                continue
            }
            let count = unsafe chunk.withUnsafeMutableBytes {
                unsafe retrying(read(Terminal.input, $0.baseAddress, $0.count))
            }
            guard count > 0 else { break }
            continuation.yield(Array(chunk[..<count]))
        }
        continuation.finish()
    }

    private func awaitRequest() -> Bool {
        while unsafe sem_wait(asked) != 0, errno == EINTR {}
        return !isStopped.load(ordering: .relaxed)
    }

    /// Waits until there is something to read; false when it is the width that changed.
    private func awaitInput(_ width: inout Int) -> Bool {
        var descriptor = pollfd(fd: Terminal.input, events: Int16(POLLIN), revents: 0)
        while !isStopped.load(ordering: .relaxed) {
            let count = unsafe poll(&descriptor, 1, watchesWidth ? Self.widthInterval : -1)
            if count > 0 { return true }
            if watchesWidth, width != Terminal.columnCount {
                width = Terminal.columnCount
                return false
            }
        }
        return true
    }

    /// Repeats a call that a signal cut short.
    ///
    /// The descriptor may be non-blocking, being shared; poll(2) has just said that it is ready.
    private func retrying(_ call: @autoclosure () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || (errno != EINTR && errno != EAGAIN) { return result }
        }
    }
}
