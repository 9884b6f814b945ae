import Files
import Glibc
import Sockets

/// Writes a recording while connections go on: what they tell is queued, and a thread of its own
/// writes it.
///
/// A recording has no holes: it is whole, or ends early, and that is said. A disk that is slower than
/// the network slows the transfer down once the queue is full, but stops it for no longer than
/// ``Recorder/patience``; then the recording ends.
final class Recorder: Sendable {
    /// Bytes that wait to be written.
    ///
    /// Arbitrary: some tenths of a second of a slow disk.
    static let queuedSizeLimit = 8 << 20

    /// What an event counts besides its bytes.
    ///
    /// About what it takes in memory.
    private static let eventSize = 128

    /// Written at once, more or less.
    ///
    /// Arbitrary: little enough that a slow disk takes it in time.
    private static let writeSize = 1 << 20

    /// How long a transfer waits for a disk that takes nothing.
    ///
    /// Arbitrary: longer than any healthy disk is busy with other things.
    static let patience = Duration.seconds(5)

    /// What the transfer and the writing thread share.
    struct State {
        var queue: [RecordingEvent] = []
        /// Of the queue, and of what is being written.
        var queuedSize = 0
        var connectionCount = 0
        /// Nothing more is taken: it has failed, or is finished.
        var isOver = false
        var failure: Failure?
        /// Of those who wait for room, or for the end.
        var waiters: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Lock(State())
    private let work = Semaphore()
    private let start = ContinuousClock.now
    private let path: BytePath
    private let descriptor: CInt
    private let announcer: Announcer

    /// Creates the file, or empties the one that is there.
    ///
    /// For its owner only: a conversation may be secret.
    init(
        path: BytePath,
        _ side: RecordingHeader.Side,
        endpoint: String,
        _ announcer: Announcer
    ) throws(Failure) {
        self.path = path
        self.announcer = announcer
        descriptor = try PrivateFile.open(path, as: "the recording ")
        PrivateFile.empty(descriptor)
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let header = RecordingHeader(
            side: side,
            endpoint: endpoint,
            beganNanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        )
        // Holds itself until finish() or a failure.
        try BackgroundThread.start { self.serve(header) }
    }

    deinit { close(descriptor) }

    /// The number of a connection that has just been opened.
    func open(local: String?, peer: String?) -> Int {
        let number = state.withLock { state in
            state.connectionCount += 1
            let number = state.connectionCount
            append(.opened(local: local, peer: peer), of: number, to: &state)
            return number
        }
        work.signal()
        return number
    }

    /// Queues what happened just now.
    ///
    /// Never waits: ``room()`` does.
    func record(_ kind: RecordingEvent.Kind, of connection: Int) {
        state.withLock { state in
            guard case .bytes(let way, let bytes) = kind,
                bytes.count > RecordingEvent.payloadSizeLimit
            else { return append(kind, of: connection, to: &state) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(RecordingEvent.payloadSizeLimit)
                append(.bytes(way, Array(piece)), of: connection, to: &state)
                rest = rest.dropFirst(piece.count)
            }
        }
        work.signal()
    }

    /// Waits, while the queue is full, for the disk.
    ///
    /// Ends early when the task is cancelled or its deadline passes, which the next operation of the
    /// connection says.
    func room(on loop: EventLoop) async {
        while let written = waitForWriting() {
            let isStuck = await withTaskGroup(of: Bool?.self) { group in
                group.addTask {
                    for await _ in written {}
                    return Task.isCancelled ? nil : false
                }
                group.addTask(executorPreference: loop) {
                    let isOver = (try? await loop.sleep(until: .after(Self.patience))) != nil
                    return isOver ? true : nil
                }
                defer { group.cancelAll() }
                return await group.next() ?? nil
            }
            guard let isStuck else { return }
            if isStuck { fail("the disk has taken nothing for \(Seconds(Self.patience))") }
        }
    }

    /// What ends when something has been written; nil when there is room.
    private func waitForWriting() -> AsyncStream<Void>? {
        state.withLock { state in
            if state.isOver || state.queuedSize < Self.queuedSizeLimit { return nil }
            let (written, waiter) = AsyncStream<Void>.makeStream()
            state.waiters.append(waiter)
            return written
        }
    }

    /// Writes what is queued, and says whether the recording is whole.
    ///
    /// Also when the task is cancelled.
    func finish() async -> Failure? {
        let (ends, end) = AsyncStream<Void>.makeStream()
        state.withLock { state in
            if state.failure != nil { return end.finish() }
            state.isOver = true
            state.waiters.append(end)
        }
        work.signal()
        await Task { for await _ in ends {} }.value
        return state.withLock { $0.failure }
    }

    // MARK: Inside

    private func append(
        _ kind: RecordingEvent.Kind,
        of connection: Int,
        to state: inout State
    ) {
        if state.isOver { return }
        state.queue.append(
            // With the lock held: so time never goes back in the file.
            RecordingEvent(
                nanoseconds: start.nanosecondsSince,
                connection: connection,
                kind: kind
            )
        )
        state.queuedSize += Self.size(kind)
    }

    private static func size(_ kind: RecordingEvent.Kind) -> Int {
        guard case .bytes(_, let bytes) = kind else { return eventSize }
        return eventSize + bytes.count
    }

    /// Until it is over and all is written.
    private func serve(_ header: RecordingHeader) {
        guard write(RecordingEncoder.line(header), 0) else { return }
        while true {
            work.wait()
            let (events, isOver) = state.withLock { state in
                defer { state.queue = [] }
                return (state.queue, state.isOver)
            }
            // One unit for each event, and they are taken together.
            guard !events.isEmpty else {
                if isOver { return end() }
                continue
            }
            var lines: [UInt8] = []
            var size = 0
            for event in events {
                RecordingEncoder.append(event, to: &lines)
                size += Self.size(event.kind)
                guard lines.count >= Self.writeSize else { continue }
                guard write(lines, size) else { return }
                (lines, size) = ([], 0)
            }
            guard write(lines, size) else { return }
        }
    }

    /// Writes lines for queued events of a size; false when that failed.
    private func write(_ lines: [UInt8], _ size: Int) -> Bool {
        let error = Blocking.write(lines, to: descriptor)
        guard error == 0 else {
            fail(Failure(SystemError(number: error), "write").message ?? "")
            return false
        }
        let waiters = state.withLock { state in
            state.queuedSize -= size
            // Those who wait for the end are told by end().
            if state.isOver { return [AsyncStream<Void>.Continuation]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
        return true
    }

    private func end() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Ends the recording, and says so once; the transfer goes on.
    private func fail(_ reason: String) {
        let failure = Failure(.failed)
        let waiters: [AsyncStream<Void>.Continuation]? = state.withLock { state in
            guard state.failure == nil else { return nil }
            state.failure = failure
            state.isOver = true
            state.queue = []
            defer { state.waiters = [] }
            return state.waiters
        }
        guard let waiters else { return }
        announcer.tell(.recordingFailed(path: path, reason: reason))
        for waiter in waiters { waiter.finish() }
        work.signal()
    }
}
