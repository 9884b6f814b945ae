internal import SessionProtocol
internal import Sockets

// One connection, from its attachment to its end: a reader and a writer.

extension Session {
    /// Carries the session over a connection until that is over, and closes it.
    ///
    /// Cancelling ends the connection; the session goes on without.
    func carry(over connection: SessionConnection) async {
        async let writing: Void = write(to: connection)
        await read(from: connection)
        let now = SessionClock.now
        step { state, aftermath in
            state.machine.disconnected(epoch: connection.epoch, now: now)
            if state.connection === connection {
                state.connection = nil
                if state.machine.ending != nil { state.cutAt = nil }
            }
            state.cut(connection, &aftermath)
        }
        await writing
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
            let now = SessionClock.now
            let goesOn = step { state, _ in
                guard !connection.isOver else { return false }
                state.machine.receive(buffer.bytes, epoch: connection.epoch, now: now)
                return true
            }
            buffer.clear()
            guard goesOn else { return }
        }
    }

    private enum Turn {
        case send
        case wait(Signal)
        /// Nothing more is to be said.
        case finish
        case over
    }

    /// Hands over what the machine has, in one piece a turn of the loop.
    private func write(to connection: SessionConnection) async {
        var output: [UInt8] = []
        while true {
            switch turn(of: connection, &output) {
            case .wait(let signal):
                // An idle session keeps no buffer.
                output = []
                // Whoever ends the connection sets it.
                _ = await signal.wait(until: .never, heedsCancellation: false)
            case .send:
                do throws(SocketError) {
                    try await connection.stream.send(output)
                } catch {
                    connection.stream.close()
                    return
                }
            case .finish:
                // The other end reads what was said last, and closes; the reader waits for that.
                try? await connection.stream.finish()
                return
            case .over:
                return
            }
        }
    }

    private func turn(of connection: SessionConnection, _ output: inout [UInt8]) -> Turn {
        output.removeAll(keepingCapacity: true)
        return step { state, _ in
            guard !connection.isOver else { return .over }
            if state.machine.hasOutput, state.machine.epoch == connection.epoch {
                state.machine.output(into: &output, now: SessionClock.now)
            }
            if !output.isEmpty { return .send }
            if state.machine.closesTransport {
                state.cutAt = SessionClock.now.advanced(by: closeTimeLimit)
                return .finish
            }
            let signal = Signal(on: loop)
            connection.writer = signal
            return .wait(signal)
        }
    }
}
