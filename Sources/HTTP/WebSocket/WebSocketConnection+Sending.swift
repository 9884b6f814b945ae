internal import Sockets
internal import WebSocketCodec

extension WebSocketConnection {
    /// Sends a message of text.
    ///
    /// Returns when the kernel has taken it. Cancellation and deadlines: terminal, because a message
    /// may be half sent.
    public func send(_ text: String) async throws {
        try await send { machine, output throws(WebSocketNotOpen) in
            try machine.send(text: text.utf8Span, to: &output)
        }
    }

    /// Sends a message of bytes.
    ///
    /// Like the form for text.
    public func send(_ bytes: [UInt8]) async throws {
        try await unsafe send(bytes.span.bytes)
    }

    /// Sends a message of bytes.
    ///
    /// Like the form for text.
    public func send(_ bytes: RawSpan) async throws {
        try await send { machine, output throws(WebSocketNotOpen) in
            try machine.send(binary: bytes, to: &output)
        }
    }

    /// Pings the peer; its pong is received with its next bytes, and not told.
    public func ping() async throws {
        try await send { machine, output throws(WebSocketNotOpen) in
            try machine.ping(to: &output)
        }
    }

    private func send(
        _ write: (inout WebSocketMachine, inout [UInt8]) throws(WebSocketNotOpen) -> Void
    ) async throws {
        let signal = try shared.withLock { shared throws -> Signal? in
            if let failure = shared.failure { throw failure }
            switch shared.sender {
            case .caller: throw SocketError(.busy, in: .send)
            case .answers:
                if shared.next != nil { throw SocketError(.busy, in: .send) }
                let signal = Signal()
                shared.next = signal
                return signal
            case nil:
                try shared.write(write)
                shared.sender = .caller
                return nil
            }
        }
        if let signal {
            try await takeTurn(signal)
            try await sendInTurn(write)
        } else {
            try await sendOutput(as: .caller)
        }
    }

    /// Waits until the answers that are being sent are out, which gives this send its turn.
    ///
    /// Cancellation and deadlines: total, nothing is sent.
    private func takeTurn(_ signal: Signal) async throws(SocketError) {
        let wake = await signal.wait(until: Deadline.current)
        try shared.withLock { shared throws(SocketError) in
            // Whoever had the turn before may have given it to this send meanwhile.
            guard shared.next === signal else { return }
            shared.next = nil
            throw SocketError(wake == .cancelled ? .cancelled : .deadlinePassed, in: .send)
        }
    }

    /// Sends with the turn, which has to be left with nothing in the output.
    private func sendInTurn(
        _ write: (inout WebSocketMachine, inout [UInt8]) throws(WebSocketNotOpen) -> Void
    ) async throws {
        var refusal: SocketError?
        try shared.withLock { shared throws(SocketError) in
            if let failure = shared.failure {
                shared.sender = nil
                throw failure
            }
            do throws(SocketError) { try shared.write(write) } catch { refusal = error }
        }
        try await sendOutput(as: .caller)
        if let refusal { throw refusal }
    }

    /// Sends what the peer is owed, unless somebody is sending, who will send it too.
    ///
    /// A peer that asks and does not listen is dropped. Cancellation and deadlines: what is not out yet is
    /// sent later.
    func flush() async throws(SocketError) {
        let mustSend = try shared.withLock { shared throws(SocketError) in
            guard shared.sender == nil else {
                if shared.isOverdrawn { throw Self.overdrawn }
                return false
            }
            if shared.output.isEmpty { return false }
            shared.sender = .answers
            return true
        }
        if mustSend { try await sendOutput(as: .answers) }
    }

    private static var overdrawn: SocketError {
        SocketError(
            .limitExceeded,
            in: .send,
            detail: "a websocket peer that pings and does not receive"
        )
    }

    /// Sends until nothing is left; the caller has the turn, and leaves it.
    private func sendOutput(as sender: SharedWebSocket.Sender) async throws(SocketError) {
        var bytes: [UInt8] = []
        while true {
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptOutputSize)
            let (owed, isDone, next) = shared.withLock { shared in
                let owed = shared.takeOutput(&bytes)
                return (owed, bytes.isEmpty, bytes.isEmpty ? shared.leaveSending() : nil)
            }
            next?.set()
            if isDone { return }
            var count = 0
            do throws(SocketError) {
                count = try unsafe timed.sendAtOnce(bytes.span.bytes)
                if count < bytes.count { try await send(bytes, from: count) }
            } catch {
                count = min(count + error.transferredCount, bytes.count)
                try stop(after: error, as: sender, rest: Array(bytes[count...]), owed: owed)
            }
        }
    }

    /// Ends a turn in which the transport did not take everything.
    ///
    /// Who was cancelled while answering has lost nothing: the rest goes out with what is sent next. After
    /// everything else half a frame may be out, and nothing that follows could be understood.
    private func stop(
        after error: SocketError,
        as sender: SharedWebSocket.Sender,
        rest: [UInt8],
        owed: Int
    ) throws(SocketError) -> Never {
        let isOver =
            error.code == .cancelled
            || (error.code == .deadlinePassed && Deadline.current.hasPassed)
        let (failure, next) = shared.withLock { shared in
            if sender == .answers, isOver {
                shared.putBack(rest, owed: owed)
                if !shared.isOverdrawn { return (nil as SocketError?, shared.leaveSending()) }
            }
            shared.failure = error
            return (error, shared.leaveSending())
        }
        if failure != nil { stream.reset() }
        next?.set()
        throw error
    }

    /// Sends what the kernel did not take at once.
    @inline(never)
    private func send(_ bytes: [UInt8], from start: Int) async throws(SocketError) {
        try await unsafe timed.send(
            bytes.span.extracting(droppingFirst: start).bytes,
            until: .after(pace.allowance(for: UInt64(bytes.count - start)))
        )
    }

    /// More than this is not kept for the next message, so that idle connections stay small.
    private static let keptOutputSize = 512
}

extension SharedWebSocket {
    /// Appends a frame of this end's own.
    fileprivate func write(
        _ write: (inout WebSocketMachine, inout [UInt8]) throws(WebSocketNotOpen) -> Void
    ) throws(SocketError) {
        do throws(WebSocketNotOpen) {
            try write(&machine, &output)
        } catch {
            throw SocketError(.closed, in: .send, detail: "\(error)")
        }
    }
}
