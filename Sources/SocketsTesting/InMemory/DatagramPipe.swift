internal import Sockets

/// One direction of ``InMemoryDatagrams``: a bounded queue, a reader and a writer.
final class DatagramPipe: Sendable {
    let seats: PipeSeats<DatagramPipeState>

    init(capacity: Int, sizeLimit: Int) {
        seats = PipeSeats(DatagramPipeState(capacity: capacity, sizeLimit: sizeLimit))
    }

    /// Takes the oldest datagram out, or nil when there is none yet.
    func take() throws(SocketError) -> [UInt8]? {
        let (datagram, waiter) = try seats.state.withLock { state throws(SocketError) in
            if state[.reader].isClosed { throw SocketError(.closed, in: .receive) }
            let datagram = state.datagrams.isEmpty ? nil : state.datagrams.removeFirst()
            return (datagram, datagram == nil ? nil : state[.writer].takeWaiter())
        }
        waiter?.resume()
        return datagram
    }

    /// Puts a datagram in; false when there is no room now.
    func put(_ datagram: [UInt8]) throws(SocketError) -> Bool {
        let (isDone, waiter) = try seats.state.withLock { state throws(SocketError) in
            if state[.writer].isClosed { throw SocketError(.closed, in: .send) }
            if datagram.count > state.sizeLimit { throw state.tooLarge(datagram.count) }
            guard state.canProceed(.writer) else {
                return (false, CheckedContinuation<Void, Never>?.none)
            }
            // Nobody is there to receive it.
            if state[.reader].isClosed { return (true, nil) }
            state.datagrams.append(datagram)
            return (true, state[.reader].takeWaiter())
        }
        waiter?.resume()
        return isDone
    }

    /// Closes one side; the other goes on by itself.
    func close(_ side: MemoryPipeSide) {
        let woken = seats.state.withLock { state in
            if state[side].isClosed { return [CheckedContinuation<Void, Never>?]() }
            state[side].close()
            if side == .reader { state.datagrams = [] }
            return [state[.reader].takeWaiter(), state[.writer].takeWaiter()]
        }
        for waiter in woken { waiter?.resume() }
    }
}

/// Everything a ``DatagramPipe`` guards.
struct DatagramPipeState: PipeState {
    let capacity: Int
    let sizeLimit: Int
    /// The oldest first.
    var datagrams: [[UInt8]] = []

    private var reader = PipeSeat()
    private var writer = PipeSeat()

    init(capacity: Int, sizeLimit: Int) {
        self.capacity = capacity
        self.sizeLimit = sizeLimit
    }

    subscript(side: MemoryPipeSide) -> PipeSeat {
        get { side == .reader ? reader : writer }
        set { if side == .reader { reader = newValue } else { writer = newValue } }
    }

    func canProceed(_ side: MemoryPipeSide) -> Bool {
        if self[side].isClosed { return true }
        return side == .reader
            ? !datagrams.isEmpty : datagrams.count < capacity || reader.isClosed
    }

    func tooLarge(_ size: Int) -> SocketError {
        SocketError(
            .messageTooLarge,
            in: .send,
            detail: "\(size) bytes, and the limit is \(sizeLimit)"
        )
    }
}
