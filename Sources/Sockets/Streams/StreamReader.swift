/// Who is told what comes on a connection, where no task waits for it.
///
/// Both are called on the loop's thread, and must not block.
package protocol StreamReader: AnyObject, Sendable {
    /// Bytes have come: recv(2).
    func received(_ bytes: RawSpan) -> Reading

    /// Nothing more comes: the end of the stream, a failure, the connection was closed, its listener's
    /// `serve` was cancelled, or no more was wanted.
    ///
    /// Once, and nothing is called after it. The connection is closed when it returns.
    func readingEnded()
}

/// What a reader wants next.
package enum Reading {
    /// More.
    case more
    /// Nothing until ``StreamConnection/continueReading(by:)``: the peer's end is not noticed meanwhile.
    case pause
    /// Nothing any more.
    case end
}

extension StreamConnection {
    /// Has a reader told what comes from now on, which then has the connection.
    ///
    /// It is closed when the reading ends. On the loop's thread; the reader may be told of bytes, and of the
    /// end, before this returns. Receives fail with ``SocketError/Code/busy`` meanwhile. ``idleLimit`` does
    /// not hold: a reader keeps its own time. A listener's handler that has started a reader may return;
    /// the connection still counts as served.
    package func startReading(by reader: any StreamReader) throws(SocketError) {
        precondition(loop.isCurrent, "a reader is started on the loop's thread")
        let pump = StreamPump(self, reader)
        switch socket.enter(.reading) {
        case .ready: pump.isReady = true
        case .notReady: break
        case .busy: throw failure(.busy, .receive)
        case .closed: throw failure(.closed, .receive)
        }
        let errno = socket.start(pump)
        guard errno == 0 else {
            socket.leave(.reading, ready: true)
            throw failure(.receive, errno: -Int(errno))
        }
    }

    /// Goes on after a pause, and tells another reader from then on.
    ///
    /// On the loop's thread.
    ///
    /// - Returns: False when the reading has ended: the other reader is told nothing.
    package func continueReading(by reader: any StreamReader) -> Bool {
        precondition(loop.isCurrent, "a reader goes on on the loop's thread")
        guard let pump else { return false }
        pump.resume(reader)
        return true
    }

    /// What reads it, if no task does.
    ///
    /// Own thread.
    var pump: StreamPump? { socket.pump as? StreamPump }
}

/// Gives a reader what comes.
final class StreamPump: SocketPump {
    private let connection: StreamConnection
    private var reader: any StreamReader
    /// The next receive is likely to succeed, whatever the gate says.
    var isReady = false
    private var isPaused = false
    /// The listener's, where the connection counts as served until the reading ends.
    private var served: ServedConnections?
    private var number = 0

    init(_ connection: StreamConnection, _ reader: any StreamReader) {
        self.connection = connection
        self.reader = reader
    }

    /// The handler has returned that has started the reader.
    func keepServed(_ number: Int, in served: ServedConnections) {
        self.number = number
        self.served = served
    }

    func resume(_ reader: any StreamReader) {
        self.reader = reader
        isPaused = false
        // What came in the meantime was not looked at.
        isReady = true
        run()
    }

    override func run() {
        let socket = connection.socket
        var buffer = ByteBuffer()
        var turn = Turn()
        while true {
            let finding = socket.reading.look()
            if case .closed = finding { return end() }
            if socket.isCancelled { return end() }
            guard !isPaused else { return }
            if case .nothing = finding, !isReady { return }
            isReady = false
            // A buffer of the usual limit that is empty has room.
            _ = buffer.makeSpace()
            let (result, space) = unsafe buffer.fill { unsafe connection.receiveOnce($0, $1) }
            if System.wouldBlock(result) {
                socket.wouldBlock(.reading)
                continue
            }
            guard result > 0 else { return end() }
            connection.received.add(result)
            switch reader.received(buffer.bytes) {
            case .more: break
            case .pause: isPaused = true
            case .end: return end()
            }
            buffer.clear()
            // Shorter than asked: the queue is empty.
            isReady = result == space || !socket.shortReceiveMeansEmpty
            if isReady, turn.take(result) { return socket.loop.post(.wake(socket)) }
        }
    }

    private func end() {
        connection.socket.stopPump()
        reader.readingEnded()
        connection.close()
        served?.remove(number)
    }
}
