import Sockets

/// Whether an answer has come after the input's end, and when it was last heard of.
final class AnswerWatch: Sendable {
    struct State {
        var inputHasEnded = false
        /// Something came, or nothing needs to.
        var isEnough = false
        var lastChange = ContinuousClock.now
    }

    private let state = Lock(State())
    private let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    init() {
        (changes, change) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// A datagram has come.
    func comes() {
        state.withLock { state in
            state.isEnough = true
            state.lastChange = .now
        }
        change.yield()
    }

    func inputEnds(isEnough: Bool) {
        state.withLock { state in
            state.inputHasEnded = true
            state.isEnough = state.isEnough || isEnough
            state.lastChange = .now
        }
        change.yield()
    }

    /// Whether all has been asked and something was answered.
    var hasCome: Bool { state.withLock { $0.inputHasEnded && $0.isEnough } }

    /// Waits for an answer, and then until nothing has come for so long.
    ///
    /// One task at a time.
    func waitForQuiet(_ quiet: Duration, on loop: EventLoop) async throws {
        var waits = changes.makeAsyncIterator()
        while !hasCome, await waits.next() != nil {}
        try Task.checkCancellation()
        while true {
            let end = state.withLock { $0.lastChange } + quiet
            if end <= .now { return }
            try await loop.sleep(until: .at(end))
        }
    }
}
