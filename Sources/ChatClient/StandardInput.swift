internal import Glibc
internal import Synchronization

/// What comes on the standard input, which may be a terminal, a pipe or a file: read by a thread of
/// its own, as read(2) of a file never says that it would block.
///
/// One chunk is on its way at a time: the thread reads on when the one before was taken, so a fast
/// writer waits instead of filling memory.
final class StandardInput: Sendable {
    private let chunks: AsyncStream<[UInt8]>
    private let reader: Reader

    /// Starts to read.
    ///
    /// - Parameter watchesWidth: Whether to give an empty chunk when the terminal's width changes.
    init(watchesWidth: Bool = false) {
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        self.chunks = chunks
        reader = Reader(continuation, watchesWidth: watchesWidth)
        reader.start()
    }

    deinit { reader.stop() }

    /// Calls `body` with what comes, until it returns false, the input ends (then this returns
    /// true) or the task is cancelled.
    func eachChunk(_ body: ([UInt8]) async throws -> Bool) async rethrows -> Bool {
        for await chunk in chunks {
            guard try await body(chunk) else { return false }
            reader.goOn()
        }
        return !Task.isCancelled
    }

    /// The thread's side.
    @safe private final class Reader: Sendable {
        /// How often the width is looked at: SIGWINCH would need a handler for the whole process.
        private static let widthInterval: CInt = 300  // milliseconds; arbitrary

        /// One read(2).
        ///
        /// Arbitrary: a pipe's atomic size and a screen of text.
        private static let chunkSize = 4_096

        private let continuation: AsyncStream<[UInt8]>.Continuation
        private let watchesWidth: Bool
        // At a stable address for life; sem_post and sem_wait are made for any threads.
        nonisolated(unsafe) private let taken: UnsafeMutablePointer<sem_t>
        private let isStopped = Atomic<Bool>(false)

        init(_ continuation: AsyncStream<[UInt8]>.Continuation, watchesWidth: Bool) {
            self.continuation = continuation
            self.watchesWidth = watchesWidth
            unsafe taken = .allocate(capacity: 1)
            unsafe taken.initialize(to: sem_t())
            _ = unsafe sem_init(taken, 0, 0)
        }

        deinit {
            unsafe sem_destroy(taken)
            unsafe taken.deallocate()
        }

        func start() {
            let reference = unsafe Unmanaged.passRetained(self)
            var thread = pthread_t()
            let error = unsafe pthread_create(
                &thread,
                nil,
                { argument in
                    guard let argument = unsafe argument else { return nil }
                    unsafe Unmanaged<Reader>.fromOpaque(argument).takeRetainedValue().run()
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

        func goOn() { _ = unsafe sem_post(taken) }

        func stop() {
            isStopped.store(true, ordering: .relaxed)
            continuation.finish()
            goOn()
        }

        private func run() {
            var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
            var width = watchesWidth ? Terminal.columnCount : 0
            while !isStopped.load(ordering: .relaxed) {
                guard awaitInput() else {
                    if Terminal.columnCount != width { give([]) }
                    width = Terminal.columnCount
                    continue
                }
                let count = unsafe chunk.withUnsafeMutableBytes {
                    unsafe read(Terminal.input, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else { return continuation.finish() }
                give(Array(chunk[..<count]))
            }
        }

        /// Waits until there is something to read; false when it is time to look at the width.
        ///
        /// Where there is no width to watch, a thread that is stopped ends with the next input.
        private func awaitInput() -> Bool {
            var descriptor = pollfd(fd: Terminal.input, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&descriptor, 1, watchesWidth ? Self.widthInterval : -1)
            return count != 0 || !watchesWidth
        }

        private func give(_ chunk: [UInt8]) {
            continuation.yield(chunk)
            while unsafe sem_wait(taken) != 0, errno == EINTR {}
        }
    }
}
