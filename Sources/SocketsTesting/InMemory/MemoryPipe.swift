internal import Sockets

/// One direction of an ``InMemoryStream``: a ring of bytes, a reader and a writer.
final class MemoryPipe: Sendable {
    let seats: PipeSeats<MemoryPipeState>
    private var state: Lock<MemoryPipeState> { seats.state }

    init(capacity: Int) { seats = PipeSeats(MemoryPipeState(capacity: capacity)) }

    /// Takes what is there, as much as fits.
    ///
    /// Zero at the end; nil when there is nothing yet.
    func take(into memory: UnsafeMutableRawBufferPointer) throws(SocketError) -> Int? {
        let (count, waiter) = try state.withLock { state throws(SocketError) in
            let count = try state.receivable(upTo: memory.count)
            if let count { unsafe state.read(into: memory, count) }
            return (count, count ?? 0 > 0 ? state[.writer].takeWaiter() : nil)
        }
        waiter?.resume()
        return count
    }

    /// Takes what is there, at most `limit` bytes.
    ///
    /// Empty at the end; nil when there is nothing yet.
    func take(upTo limit: Int) throws(SocketError) -> [UInt8]? {
        let (bytes, waiter) = try state.withLock { state throws(SocketError) in
            guard let count = try state.receivable(upTo: limit) else {
                return ([UInt8]?.none, CheckedContinuation<Void, Never>?.none)
            }
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
                unsafe state.read(into: UnsafeMutableRawBufferPointer(memory), count)
                initialized = count
            }
            return (bytes, count > 0 ? state[.writer].takeWaiter() : nil)
        }
        waiter?.resume()
        return bytes
    }

    /// Puts in as many bytes as fit now.
    ///
    /// `transferred` is what the error says went out before.
    func put(
        _ bytes: Slice<UnsafeRawBufferPointer>,
        after transferred: Int
    ) throws(SocketError) -> Int {
        let (count, waiter) = try state.withLock { state throws(SocketError) in
            if let code = state.sendFailure {
                throw SocketError(code, in: .send, transferredCount: transferred)
            }
            let count = min(unsafe bytes.count, state.freeCount)
            unsafe state.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
            return (count, count > 0 ? state[.reader].takeWaiter() : nil)
        }
        waiter?.resume()
        return count
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state[.reader].takeWaiter()
        }
        waiter?.resume()
    }

    /// Closes one side; both are told, each in its own way.
    func close(_ side: MemoryPipeSide, withReset isReset: Bool = false) {
        let woken = state.withLock { state in
            if state[side].isClosed { return [CheckedContinuation<Void, Never>?]() }
            state.close(side, withReset: isReset)
            return [state[.reader].takeWaiter(), state[.writer].takeWaiter()]
        }
        for waiter in woken { waiter?.resume() }
    }
}
