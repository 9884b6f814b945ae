internal import Sockets
public import WebSocketCodec

extension WebSocketConnection {
    /// Closes: sends a close frame and waits for the peer's (RFC 6455 §7.1.2).
    ///
    /// Messages that still come are received by whoever receives; if nobody does, they are thrown away.
    /// A peer that does not answer within ``WebSocketConfiguration/closeTimeLimit`` is cut off. Repeating
    /// it does nothing.
    public func close(_ code: WebSocketCloseCode = .normal, reason: String = "") async {
        shared.withLock { shared in
            shared.machine.close(code, reason: reason, to: &shared.output)
        }
        do {
            try await withDeadline(.after(closeTimeLimit)) {
                try await flush()
                while try await receive({ _, _ in }) != nil {}
            }
        } catch let error as SocketError where error.code == .busy {
            await waitForReceiver()
        } catch {
            // It did not answer, or not well: the end is the same.
        }
        stream.close()
    }

    /// Sends a close frame; the peer's is received as the end.
    func beginClosing(_ code: WebSocketCloseCode) async throws(SocketError) {
        shared.withLock { shared in
            shared.machine.close(code, reason: "", to: &shared.output)
        }
        try await flush()
    }

    /// Whoever receives gets the peer's close frame, and has so long for it.
    private func waitForReceiver() async {
        let signal = Signal()
        let isReceiving = shared.withLock { shared in
            shared.receiverLeft = signal
            return shared.isReceiving
        }
        if isReceiving { _ = await signal.wait(until: .after(closeTimeLimit)) }
    }

    /// Tells the peer what it broke, and ends.
    @inline(never)
    func end(after violation: WebSocketViolation) async {
        await end(WebSocketClose(violation.closeCode, reason: "\(violation.cause)"))
    }

    /// Ends after the last event: sends what is left, and lets the peer see it before the stream goes
    /// (RFC 6455 §7.1.1).
    @inline(never)
    func end(_ close: WebSocketClose?) async {
        if let close { shared.withLock { $0.close = close } }
        do throws(SocketError) {
            try await withDeadline(.after(closeTimeLimit)) {
                () async throws(SocketError) in
                try await flush()
                try await stream.finish()
                repeat {
                    unsafe input.clear()
                } while try await unsafe stream.receive(
                    into: &input
                ) > 0
            }
        } catch {
            // The peer has gone first.
        }
        stream.close()
    }
}
