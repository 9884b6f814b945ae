internal import Sockets
public import WebSocketCodec

/// One end of a WebSocket (RFC 6455): whole messages, both ways, over any stream.
///
/// A server gets it from ``HTTPServerResponse/acceptWebSocket(_:)``, a client from
/// ``connect(over:host:target:_:_:)``.
///
/// ```swift
/// while let message = try await socket.receive() {
///     if case .text(let text) = message { try await socket.send("you said \(text)") }
/// }
/// ```
/// One task receives and one sends at a time; another gets ``Sockets/SocketError/Code/busy``. Pings are
/// answered, and a silent peer is pinged, while somebody receives. Any thread.
public final class WebSocketConnection: Sendable {
    /// The protocol spoken inside, if one was agreed on.
    public let subprotocol: String?

    var stream: any ByteStream { timed.stream }
    private let timed: TimedStream
    // What it needs of its configuration: each byte here is one of every connection.
    private let pingInterval: Duration?
    private let closeTimeLimit: Duration
    private let pace: HTTPPace
    private let onControlFrame: (@Sendable (WebSocketControlFrame) -> Void)?
    let shared: Lock<SharedWebSocket>
    // Touched by whoever has `isReceiving`, of whom there is one: nothing is left to check at run time.
    @exclusivity(unchecked) nonisolated(unsafe) private var input: ByteBuffer
    @exclusivity(unchecked) nonisolated(unsafe) private var pingedAt: Deadline?

    /// A connection whose handshake is done; what was received beyond it is in `input`.
    init(
        _ stream: any ByteStream,
        _ role: WebSocketRole,
        input: consuming ByteBuffer,
        subprotocol: String?,
        compression: PermessageDeflate?,
        _ configuration: WebSocketConfiguration
    ) {
        timed = TimedStream(stream)
        unsafe self.input = input
        self.subprotocol = subprotocol
        pingInterval = configuration.pingInterval
        closeTimeLimit = configuration.closeTimeLimit
        pace = configuration.pace
        onControlFrame = configuration.onControlFrame
        shared = Lock(
            SharedWebSocket(
                WebSocketMachine(role, limits: configuration.limits, compression: compression)
            )
        )
    }

    deinit { stream.close() }

    /// How the connection ended; nil while it has not.
    ///
    /// What the peer's close frame said, or ``WebSocketCodec/WebSocketCloseCode/abnormal`` if there was
    /// none.
    public var closure: WebSocketClose? { shared.withLock { $0.close } }

    // MARK: Receiving

    /// The next message; nil when the connection was closed, by the peer or by ``close(_:reason:)``.
    ///
    /// ``closure`` then says how. Cancellation and deadlines: total, no message is lost. Fails with
    /// ``Sockets/SocketError/Code/unexpectedEnd`` when the stream ends without a close frame, with
    /// ``Sockets/SocketError/Code/timedOut`` when the peer is silent for two ping intervals, and with a
    /// `WebSocketViolation` when it breaks the protocol, which it is told.
    public func receive() async throws -> WebSocketMessage? {
        try await receiveMessage { kind, bytes in
            switch kind {
            case .text:
                .text(unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
            case .binary: .binary(unsafe bytes.withUnsafeBytes { unsafe Array($0) })
            }
        }
    }

    /// Which kind a message is of.
    public enum MessageKind: Hashable, Sendable {
        /// UTF-8.
        case text
        /// Anything.
        case binary
    }

    /// Gives the next message to `take` where it lies, without copying it; nil when the connection was
    /// closed.
    ///
    /// Otherwise like ``receive()``. `take` must not use the connection.
    public func receive<Result>(
        _ take: (MessageKind, RawSpan) throws -> Result
    ) async throws -> Result? {
        try await receiveMessage(take)
    }

    /// Inlined, and all it waits for with it: the frame is what an idle WebSocket keeps.
    @inline(__always)
    private func receiveMessage<Result>(
        _ take: (MessageKind, RawSpan) throws -> Result
    ) async throws -> Result? {
        try shared.withLock { shared throws(SocketError) in
            if shared.isReceiving { throw SocketError(.busy, in: .receive) }
            shared.isReceiving = true
        }
        defer {
            shared.withLock { shared in
                shared.isReceiving = false
                return shared.receiverLeft
            }?.set()
        }
        while true {
            let step: Step<Result>
            do {
                step = try nextStep(take)
            } catch let violation as WebSocketViolation {
                await end(after: violation)
                throw violation
            }
            switch step {
            case .message(let result): return result
            case .closed:
                await end(nil)
                return nil
            case .more:
                // Before waiting for more, the peer gets its pongs.
                if owesOutput { try await flush() }
                try await receiveMore()
            }
        }
    }

    private enum Step<Result> {
        case message(Result)
        case closed
        case more
    }

    /// Looks at what was received, until there is a message or it is used up.
    private func nextStep<Result>(
        _ take: (MessageKind, RawSpan) throws -> Result
    ) throws -> Step<Result> {
        while true {
            if let step = try next(take) { return step }
        }
    }

    private var owesOutput: Bool { shared.withLock { !$0.output.isEmpty } }

    /// One event; nil for those the caller need not know of.
    private func next<Result>(
        _ take: (MessageKind, RawSpan) throws -> Result
    ) throws -> Step<Result>? {
        var consumed = 0
        defer { unsafe input.consume(consumed) }
        return try unsafe input.withMutableBytes { span throws in
            let event = try shared.withLock { shared throws(WebSocketViolation) in
                let event = try shared.machine.next(
                    &span,
                    consumed: &consumed,
                    output: &shared.output
                )
                if case .close(let close) = event { shared.close = close }
                if event == nil, shared.machine.state == .closed, shared.close == nil {
                    shared.close = WebSocketClose(.abnormal)
                }
                return event
            }
            switch event {
            case .text(let payload):
                return .message(try payload.withBytes(in: span) { try take(.text, $0) })
            case .binary(let payload):
                return .message(try payload.withBytes(in: span) { try take(.binary, $0) })
            case .ping(let payload):
                onControlFrame?(.ping(size: payload.size))
                return nil
            case .pong(let payload):
                onControlFrame?(.pong(size: payload.size))
                return nil
            case .close: return .closed
            case nil: return closure == nil ? .more : .closed
            }
        }
    }

    /// Receives more bytes; meanwhile the peer is asked whether it is still there.
    @inline(__always)
    private func receiveMore() async throws(SocketError) {
        while true {
            let next = pingInterval.map { Deadline.after($0) } ?? .never
            do throws(SocketError) {
                let count = try await unsafe timed.receive(into: &input, until: next)
                unsafe pingedAt = nil
                if count > 0 { return }
            } catch {
                try await ask(despite: error, at: next)
                continue
            }
            throw endWithoutClose()
        }
    }

    /// Pings a silent peer, or gives it up if it was pinged before; other failures are thrown.
    @inline(never)
    private func ask(despite failure: SocketError, at moment: Deadline) async throws(SocketError) {
        let outer = Deadline.current
        guard failure.code == .deadlinePassed, moment < outer, !outer.hasPassed else {
            throw failure
        }
        if unsafe pingedAt != nil {
            stream.reset()
            throw SocketError(
                .timedOut,
                in: .receive,
                detail:
                    "no answer to a websocket ping within \(pingInterval ?? .zero)"
            )
        }
        unsafe pingedAt = .now
        shared.withLock { shared in try? shared.machine.ping(to: &shared.output) }
        try await flush()
    }

    private func endWithoutClose() -> SocketError {
        shared.withLock { shared in
            if let close = shared.machine.inputEnded() { shared.close = shared.close ?? close }
        }
        stream.close()
        return SocketError(
            .unexpectedEnd,
            in: .receive,
            detail: "the stream ended without a websocket close frame"
        )
    }

    // MARK: Sending

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
    private func flush() async throws(SocketError) {
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

    // MARK: Closing

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
    private func end(after violation: WebSocketViolation) async {
        await end(WebSocketClose(violation.closeCode, reason: "\(violation.cause)"))
    }

    /// Ends after the last event: sends what is left, and lets the peer see it before the stream goes
    /// (RFC 6455 §7.1.1).
    @inline(never)
    private func end(_ close: WebSocketClose?) async {
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
