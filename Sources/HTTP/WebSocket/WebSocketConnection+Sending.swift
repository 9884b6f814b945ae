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
        try shared.withLock { shared throws in
            if let failure = shared.failure { throw failure }
            if shared.isSending { throw SocketError(.busy, in: .send) }
            do throws(WebSocketNotOpen) {
                try write(&shared.machine, &shared.output)
            } catch {
                throw SocketError(.closed, in: .send, detail: "\(error)")
            }
            shared.isSending = true
        }
        try await sendOutput()
    }

    /// Sends what has gathered, unless somebody is at it, who will send it too.
    ///
    /// A peer that asks and does not listen is dropped.
    func flush() async throws(SocketError) {
        let mustSend = try shared.withLock { shared throws(SocketError) in
            if shared.isSending {
                guard shared.output.count <= SharedWebSocket.outputSizeLimit else {
                    throw SocketError(
                        .limitExceeded,
                        in: .send,
                        detail: "a websocket peer that pings and does not receive"
                    )
                }
                return false
            }
            shared.isSending = !shared.output.isEmpty
            return shared.isSending
        }
        if mustSend { try await sendOutput() }
    }

    /// Sends until nothing is left; the caller has set `isSending`.
    private func sendOutput() async throws(SocketError) {
        var bytes: [UInt8] = []
        while true {
            let isDone = shared.withLock { shared in
                bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptOutputSize)
                swap(&bytes, &shared.output)
                shared.isSending = !bytes.isEmpty
                return bytes.isEmpty
            }
            if isDone { return }
            do throws(SocketError) {
                let count = try unsafe timed.sendAtOnce(bytes.span.bytes)
                if count < bytes.count { try await send(bytes, from: count) }
            } catch {
                shared.withLock { shared in
                    shared.isSending = false
                    shared.failure = error
                }
                // Half a frame may be out: nothing that follows could be understood.
                stream.reset()
                throw error
            }
        }
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
