import Sockets

/// A consumer's thread and the bounded queue before it.
///
/// What does not fit is lost for this consumer, and counted: the socket is never kept waiting, since
/// then the kernel would drop packets for all.
final class ConsumerThread: Sendable {
    /// Bytes that wait.
    ///
    /// Arbitrary: seconds of a slow disk.
    static let queuedSizeLimit = 64 << 20

    struct State {
        var queue: [(chunk: PacketChunk, lostBefore: Int)] = []
        var queuedSize = 0
        /// Since the last chunk that was queued.
        var lostCount = 0
        var totalLostCount = 0
        var ending: CaptureEnding?
        var failure: Failure?
    }

    private let state = Lock(State())
    private let work = Semaphore()
    private let finished: AsyncStream<Void>
    private let sizeLimit: Int

    /// Starts it.
    ///
    /// - Parameters:
    ///   - consumer: Who does the work.
    ///   - queuedSizeLimit: Bytes that wait for it.
    ///   - onFailure: Called when it cannot go on.
    /// - Throws: A failure where no thread can be started.
    init(
        _ consumer: some PacketConsumer,
        queuedSizeLimit: Int = queuedSizeLimit,
        onFailure: @escaping @Sendable () -> Void
    ) throws(Failure) {
        sizeLimit = queuedSizeLimit
        let (finished, end) = AsyncStream<Void>.makeStream()
        self.finished = finished
        try BackgroundThread.start {
            do throws(Failure) {
                try self.serve(consumer)
            } catch {
                self.state.withLock { state in
                    state.failure = error
                    state.queue = []
                }
                onFailure()
            }
            end.finish()
        }
    }

    /// Queues packets; those that do not fit are lost.
    func add(_ chunk: PacketChunk) {
        let isQueued = state.withLock { state in
            if state.failure != nil { return false }
            guard state.queuedSize < sizeLimit else {
                state.lostCount += chunk.records.count
                state.totalLostCount += chunk.records.count
                return false
            }
            state.queue.append((chunk, state.lostCount))
            state.queuedSize += chunk.size
            state.lostCount = 0
            return true
        }
        if isQueued { work.signal() }
    }

    /// Has it do what is queued and end; returns the packets it lost, or throws why it failed.
    ///
    /// Also when the task is cancelled.
    func finish(_ ending: CaptureEnding) async throws(Failure) -> Int {
        state.withLock { $0.ending = ending }
        work.signal()
        let finished = finished
        await Task { for await _ in finished {} }.value
        let (failure, lostCount) = state.withLock { ($0.failure, $0.totalLostCount) }
        if let failure { throw failure }
        return lostCount
    }

    /// Why it cannot go on, if so.
    var failure: Failure? { state.withLock { $0.failure } }

    private func serve(_ consumer: some PacketConsumer) throws(Failure) {
        var consumer = consumer
        try consumer.begin()
        while true {
            work.wait()
            let (chunks, ending, lost) = state.withLock { state in
                defer { state.queue = [] }
                return (state.queue, state.ending, state.lostCount)
            }
            for (chunk, lostBefore) in chunks {
                try consumer.take(chunk, lostCount: lostBefore)
                state.withLock { $0.queuedSize -= chunk.size }
            }
            // The queue was taken after this had been said, so nothing is left.
            if let ending { return try consumer.end(ending, lostCount: lost) }
        }
    }
}
