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
    let timed: TimedStream
    // What it needs of its configuration: each byte here is one of every connection.
    private let pingInterval: Duration?
    let closeTimeLimit: Duration
    let pace: HTTPPace
    private let onControlFrame: (@Sendable (WebSocketControlFrame) -> Void)?
    let shared: Lock<SharedWebSocket>
    // Touched by whoever has `isReceiving`, of whom there is one: nothing is left to check at run time.
    @exclusivity(unchecked) nonisolated(unsafe) var input: ByteBuffer
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
                let sizeBefore = shared.output.count
                defer { shared.owedSize += shared.output.count - sizeBefore }
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
}
