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

    /// - Parameter isTerminal: Whether it is a raw terminal, of which an empty chunk tells that the
    ///   line is to be drawn again: its width has changed, or the process was stopped meanwhile.
    init(isTerminal: Bool = false) {
        let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
        self.chunks = chunks
        reader = InputThread(continuation, isTerminal: isTerminal)
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
    private let isTerminal: Bool
    // At a stable address for life; sem_post and sem_wait are made for any threads.
    nonisolated(unsafe) private let asked: UnsafeMutablePointer<sem_t>
    private let isStopped = Atomic<Bool>(false)

    init(_ continuation: AsyncStream<[UInt8]>.Continuation, isTerminal: Bool) {
        self.continuation = continuation
        self.isTerminal = isTerminal
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

    /// Lets in what stops a process that wants the terminal from the background.
    ///
    /// The threads of the runtime's pools block all signals, and this one has the mask of the one that
    /// started it: the kernel would let it set the terminal's mode under another's hands, and fail its
    /// reads.
    private func allowStops() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGTSTP, SIGTTIN, SIGTTOU] { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private func run() {
        allowStops()
        var chunk = [UInt8](repeating: 0, count: Self.chunkSize)
        var width = isTerminal ? Terminal.columnCount : 0
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

    /// Waits until there is something to read; false when the line is to be drawn again.
    private func awaitInput(_ width: inout Int) -> Bool {
        let resumptions = isTerminal ? Terminal.resumptions.load(ordering: .relaxed) : -1
        var descriptors = (
            pollfd(fd: Terminal.input, events: Int16(POLLIN), revents: 0),
            pollfd(fd: resumptions, events: Int16(POLLIN), revents: 0)  // none if negative
        )
        while !isStopped.load(ordering: .relaxed) {
            let count = unsafe withUnsafeMutableBytes(of: &descriptors) {
                unsafe poll(
                    $0.assumingMemoryBound(to: pollfd.self).baseAddress,
                    2,
                    isTerminal ? Self.widthInterval : -1
                )
            }
            if count > 0, descriptors.1.revents != 0 {
                takeResumption(resumptions)
                return false
            }
            if count > 0 { return true }
            if isTerminal, width != Terminal.columnCount {
                width = Terminal.columnCount
                return false
            }
        }
        return true
    }

    /// How long a process that was continued in the background leaves the terminal alone, and how
    /// often it looks meanwhile whether it is in front or ends, in milliseconds.
    ///
    /// A shell's kill(1) of a stopped job ends it by SIGTERM and then continues it: touching the
    /// terminal would stop it again before it could end. Arbitrary: as long as `sock` gives a command
    /// to end.
    private static let backgroundPause: CInt = 2_000
    private static let backgroundLook: CInt = 50

    /// The process was continued: takes the terminal again, and in the background waits for it,
    /// stopped, as everything does that wants the terminal from there.
    private func takeResumption(_ resumptions: CInt) {
        var count: UInt64 = 0
        _ = unsafe read(resumptions, &count, MemoryLayout<UInt64>.size)
        for _ in 0..<Self.backgroundPause / Self.backgroundLook {
            if Terminal.isForeground || isStopped.load(ordering: .relaxed) { break }
            _ = poll(nil, 0, Self.backgroundLook)
        }
        if !isStopped.load(ordering: .relaxed) { Terminal.resumeRawMode() }
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
