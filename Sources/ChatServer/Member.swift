internal import ChatCore
internal import Sockets
internal import Synchronization

/// One connection to the chat: what it is still to be sent, and how that gets out.
///
/// There is no task and no buffer for it while nothing waits; see ``Outflow``.
final class Member: Sendable {
    let id: MemberID
    let connection: StreamConnection

    private let outbox = Mutex(Outbox())
    private let outflow: Outflow
    private let limits: ChatServer.Limits

    init(
        _ id: MemberID, _ connection: StreamConnection, _ outflow: Outflow,
        _ limits: ChatServer.Limits
    ) {
        self.id = id
        self.connection = connection
        self.outflow = outflow
        self.limits = limits
    }

    // MARK: For the hall

    /// Queues bytes: whole lines. Never waits. False when the member has fallen too far behind:
    /// it is being told so, and takes no more.
    func send(_ lines: [UInt8]) -> Bool {
        switch outbox.withLock({ $0.append(lines, limits) }) {
        case .queued: return true
        case .wake:
            outflow.add(self)
            return true
        case .overflow: return false
        case .overflowAndWake:
            outflow.add(self)
            return false
        }
    }

    /// Sends what waits, then ends the sending side.
    func finish() {
        if outbox.withLock({ $0.finish() }) { outflow.add(self) }
    }

    /// Gives up what waits and closes the connection, which ends reader and writer.
    func abandon() {
        outbox.withLock { $0.abandon() }
        connection.close()
    }

    // MARK: For the reader

    /// Waits until no writer is at it any more. Every path there is bounded: the hall closes a
    /// connection that takes too long, and its writer fails with that.
    func writerHasEnded() async {
        await withCheckedContinuation { continuation in
            let ended = outbox.withLock { outbox in
                if outbox.isWriting { outbox.waiter = continuation }
                return !outbox.isWriting
            }
            if ended { continuation.resume() }
        }
    }

    // MARK: For the outflow

    /// Sends until nothing waits.
    func write() async {
        while true {
            switch outbox.withLock({ $0.next() }) {
            case .rest: return
            case .stop: return writerEnded()
            case .finish:
                try? await connection.finish()
                writerEnded()
                return await hangUp()
            case .send(let pieces):
                do {
                    try await connection.send(pieces: pieces)
                } catch {
                    // The reader, which knows what to tell the chat, learns of it by the closing.
                    connection.close()
                    return writerEnded()
                }
            }
        }
    }

    /// Closes after a moment. To close at once could reset the connection (RFC 9293 §3.10.4) while
    /// the peer still has something to read; to wait for the peer would be to wait for ever for an
    /// `nc` whose keyboard is idle. As a rule the peer has closed long before.
    private func hangUp() async {
        try? await connection.loop.sleep(until: .after(limits.hangUpTimeLimit))
        connection.close()
    }

    private func writerEnded() {
        outbox.withLock { $0.writerEnded() }?.resume()
    }
}
