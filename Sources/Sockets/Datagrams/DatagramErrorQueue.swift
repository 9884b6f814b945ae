internal import Synchronization

/// The errors the kernel has reported of datagrams sent earlier, until somebody asks for them.
///
/// Taken out of the kernel's queue as soon as they come, because there they take up room of the
/// socket's receive buffer. The oldest are kept; what does not fit is counted.
final class DatagramErrorQueue: ErrorCollector, Sendable {
    /// How many errors wait to be asked for.
    ///
    /// Arbitrary: a burst of a trace's probes fits several times.
    static let limit = 256

    /// Whether the kernel keeps a queue of errors for the socket: for IP it does (IP_RECVERR).
    private let isKernels: Bool

    private let state = Lock(State())
    /// So that the ways without an error take no lock.
    private let holdsErrors = Atomic<Bool>(false)

    struct State {
        var errors: [DatagramError] = []
        var dropped = 0
        var total = 0
        var sizeLimit: Int?
        var waiter: Signal?
        var isClosed = false
    }

    init(isKernels: Bool) { self.isKernels = isKernels }

    var isEmpty: Bool { !holdsErrors.load(ordering: .acquiring) }

    /// The largest packet that this machine sends by the way of the last datagram it refused as too
    /// large, in bytes with the IP header.
    var sizeLimit: Int? { state.withLock { $0.sizeLimit } }

    var counts: (total: Int, dropped: Int) { state.withLock { ($0.total, $0.dropped) } }

    /// Takes over what the kernel's queue of the descriptor holds, and returns how many those were.
    ///
    /// Bounded: the network may report faster than this reads.
    @discardableResult
    func collect(from descriptor: CInt) -> Int {
        guard isKernels else { return 0 }
        var count = 0
        for _ in 0..<Self.limit {
            switch System.receiveError(descriptor) {
            case .none: return count
            case .known(let limit): if let limit { state.withLock { $0.sizeLimit = limit } }
            case .error(let error):
                add(error)
                count += 1
            }
        }
        return count
    }

    func add(_ error: DatagramError) {
        let waiter = state.withLock { state -> Signal? in
            state.total += 1
            if state.errors.count < Self.limit {
                state.errors.append(error)
            } else {
                state.dropped += 1
            }
            // Under the lock: whoever finds no error there and waits must be found here.
            holdsErrors.store(true, ordering: .releasing)
            return state.waiter
        }
        waiter?.set()
    }

    func take() -> DatagramError? {
        if isEmpty { return nil }
        return state.withLock { state in
            let error = state.errors.isEmpty ? nil : state.errors.removeFirst()
            if state.errors.isEmpty { holdsErrors.store(false, ordering: .releasing) }
            return error
        }
    }

    /// Why there is no error.
    enum Nothing: Error {
        case busy, closed, cancelled, deadlinePassed
    }

    /// Waits for an error.
    func next() async throws(Nothing) -> DatagramError {
        while true {
            if let error = take() { return error }
            let signal = Signal()
            let refusal = state.withLock { state -> Nothing? in
                if state.isClosed { return .closed }
                if state.waiter != nil { return .busy }
                state.waiter = signal
                // One may have come before the signal was there to be set.
                if !state.errors.isEmpty { signal.set() }
                return nil
            }
            if let refusal { throw refusal }
            let wake = await signal.wait(until: .current)
            state.withLock { $0.waiter = nil }
            switch wake {
            case .set: break
            case .cancelled: throw .cancelled
            case .deadlinePassed: throw .deadlinePassed
            }
        }
    }

    func close() {
        let waiter = state.withLock { state in
            state.isClosed = true
            return state.waiter
        }
        waiter?.set()
    }
}
