internal import SessionProtocol
internal import Sockets

// One connection, from its attachment to its end: a reader, and a writer while there is something to say.

extension Session {
    /// Carries the session over a connection until that is over, and closes it.
    ///
    /// Cancelling ends the connection; the session goes on without.
    func carry(over connection: SessionConnection) async {
        await read(from: connection)
        if Task.isCancelled { sayFarewell(over: connection) }
        disconnected(connection)
        await waitForWriter(of: connection)
    }

    /// Takes what has come over a connection; false when nothing more of it is wanted.
    func receive(_ bytes: RawSpan, over connection: SessionConnection) -> Bool {
        let now = SessionClock.now
        return step { state, _ in
            guard !connection.isOver else { return false }
            state.machine.receive(bytes, epoch: connection.epoch, now: now)
            return true
        }
    }

    /// Nothing comes over a connection any more.
    func disconnected(_ connection: SessionConnection) {
        let now = SessionClock.now
        step { state, aftermath in
            state.machine.disconnected(epoch: connection.epoch, now: now)
            if state.connection === connection {
                state.connection = nil
                if state.machine.ending != nil { state.cutAt = nil }
            }
            state.cut(connection, &aftermath)
            // Who waits for the last connection of a session that is over.
            aftermath.wake(&state.watchers)
        }
    }

    /// Waits until nobody writes to a connection that is over.
    private func waitForWriter(of connection: SessionConnection) async {
        let signal = Signal(on: loop)
        let isWriting = state.withLock { _ in
            if connection.isWriting { connection.writerWaiter = signal }
            return connection.isWriting
        }
        if isWriting { _ = await signal.wait(until: .never, heedsCancellation: false) }
    }

    /// Waits until no connection carries the session any more, which is over: the other end has heard the
    /// last word then, or the time for that has passed.
    func waitForLastConnection() async {
        await wait { $0.machine.ending == nil || $0.connection == nil }
    }

    /// A client whose task was cancelled still tells the server that it will not be back, if that takes no
    /// waiting for what is being written.
    ///
    /// The one task that nobody waits for: it has a second, and then the connection is closed all the same.
    func sayFarewell(over connection: SessionConnection) {
        var output: [UInt8] = []
        step { state, _ in
            guard role == .client, connection.isAttached, !connection.isOver,
                !connection.isSending, state.machine.isAttached
            else { return }
            state.machine.close()
            state.machine.output(into: &output, limit: .max, now: SessionClock.now)
            guard !output.isEmpty else { return }
            connection.isLeftOpen = true
            // The writer has nothing more to say: it would end the stream before this is sent.
            connection.isOver = true
        }
        guard !output.isEmpty else { return }
        Task.detached { [stream = connection.stream, output] in
            try? await withDeadline(.after(.seconds(1))) {
                try await stream.send(output)
                try await stream.finish()
                var buffer = ByteBuffer()
                while try await stream.receive(into: &buffer) > 0 { buffer.clear() }
            }
            stream.close()
        }
    }

    /// Feeds what comes to the machine, until nothing comes any more.
    private func read(from connection: SessionConnection) async {
        var buffer = ByteBuffer()
        while true {
            do throws(SocketError) {
                guard try await connection.stream.receive(into: &buffer) > 0 else { return }
            } catch {
                return
            }
            guard receive(buffer.bytes, over: connection) else { return }
            buffer.clear()
        }
    }

    private enum Turn {
        case send
        /// This was the last.
        case finish
        /// There is nothing to be said now, or nobody to say it to.
        case over
    }

    /// Begins a task that writes.
    ///
    /// One that ends when nothing is left to be said, so that an idle session keeps none. It is waited for
    /// by who carries the session over the connection, and before a server forgets the session.
    func startWriting(to connection: SessionConnection) {
        Task.detached(executorPreference: loop) { await self.write(to: connection) }
    }

    /// Hands over what the machine has, in one piece a turn of the loop.
    private func write(to connection: SessionConnection) async {
        var output: [UInt8] = []
        while true {
            switch turn(of: connection, &output) {
            case .send:
                do throws(SocketError) {
                    try await connection.stream.send(output)
                } catch {
                    connection.stream.close()
                    return endWriting(to: connection)
                }
            case .finish:
                // The other end reads what was said last, and closes; the reader waits for that.
                try? await connection.stream.finish()
                return endWriting(to: connection)
            case .over:
                return
            }
        }
    }

    private func turn(of connection: SessionConnection, _ output: inout [UInt8]) -> Turn {
        output.removeAll(keepingCapacity: true)
        return step { state, aftermath in
            connection.isSending = false
            guard !connection.isOver else {
                state.endWriting(to: connection, &aftermath)
                return .over
            }
            if state.machine.hasOutput, state.machine.epoch == connection.epoch {
                state.machine.output(into: &output, now: SessionClock.now)
            }
            connection.isSending = !output.isEmpty
            if !output.isEmpty { return .send }
            if state.machine.closesTransport {
                // Over before this connection came, too.
                state.cutAt = .earlier(
                    state.cutAt,
                    SessionClock.now.advanced(by: closeTimeLimit)
                )
                return .finish
            }
            state.endWriting(to: connection, &aftermath)
            return .over
        }
    }

    /// Nothing more is said on a connection.
    private func endWriting(to connection: SessionConnection) {
        step { state, aftermath in
            connection.isSending = false
            connection.isSilent = true
            state.endWriting(to: connection, &aftermath)
        }
    }
}
