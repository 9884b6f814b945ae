internal import SessionProtocol

/// What becomes of the streams that the other end opens, by their names.
///
/// ```swift
/// var handlers = SessionHandlers()
/// handlers.reply("echo") { request in request }
/// handlers.log("audit") { log in
///     for try await element in log { print(element) }
/// }
/// try await session.serve(handlers)
/// ```
/// A later handler of the same kind and name takes the place of an earlier one; names are compared by bytes. A stream that nobody
/// handles is refused with `unknownName`, and nothing of it was taken: such a call has not run.
public struct SessionHandlers: Sendable {
    private var calls: [WireName: @Sendable (IncomingCall) async throws -> Void] = [:]
    private var logs: [WireName: @Sendable (LogReceiver) async throws -> Void] = [:]
    private var states: [WireName: @Sendable (StateReceiver) async throws -> Void] = [:]
    private var datagrams: [WireName: @Sendable (DatagramReceiver) async throws -> Void] = [:]
    private var others: (@Sendable (IncomingStream) async throws -> Void)?

    /// A request of ``reply(_:limit:_:)`` may have so many bytes, if nothing else is said: one message of
    /// the largest size there is by default.
    public static let requestSizeLimit = 196_608

    /// Handles nothing.
    public init() {}

    /// Handles calls: messages both ways.
    ///
    /// Returning ends the call with success, throwing with ``CallRefusal``'s status, or `failed`.
    public mutating func call(
        _ name: String,
        _ handler: @escaping @Sendable (IncomingCall) async throws -> Void
    ) {
        calls[WireName(name)] = handler
    }

    /// Handles calls of one request and one answer.
    ///
    /// - Parameters:
    ///   - name: The call's.
    ///   - limit: The bytes a request may have.
    ///   - answer: Gives the answer, or throws as for ``call(_:_:)``.
    public mutating func reply(
        _ name: String,
        limit: Int = Self.requestSizeLimit,
        _ answer: @escaping @Sendable ([UInt8]) async throws -> [UInt8]
    ) {
        calls[WireName(name)] = { call in
            let request = try await call.requests.collect(limit: limit)
            try await call.finish(with: try await answer(request))
        }
    }

    /// Handles logs.
    ///
    /// Returning before the end gives it up.
    public mutating func log(
        _ name: String,
        _ handler: @escaping @Sendable (LogReceiver) async throws -> Void
    ) {
        logs[WireName(name)] = handler
    }

    /// Handles states.
    public mutating func state(
        _ name: String,
        _ handler: @escaping @Sendable (StateReceiver) async throws -> Void
    ) {
        states[WireName(name)] = handler
    }

    /// Handles streams of datagrams.
    public mutating func datagrams(
        _ name: String,
        _ handler: @escaping @Sendable (DatagramReceiver) async throws -> Void
    ) {
        datagrams[WireName(name)] = handler
    }

    /// Handles every stream that has no handler of its own.
    public mutating func fallback(
        _ handler: @escaping @Sendable (IncomingStream) async throws -> Void
    ) {
        others = handler
    }

    /// Whether somebody handles a stream.
    func want(_ flow: Flow) -> Bool {
        if others != nil { return true }
        return switch flow.kind {
        case .log: logs[flow.name] != nil
        case .state: states[flow.name] != nil
        case .datagram: datagrams[flow.name] != nil
        case .call: calls[flow.name] != nil
        }
    }

    /// Handles one stream that is wanted, to its end.
    func handle(_ stream: IncomingStream) async {
        switch stream {
        case .log(let log):
            await run(logs[log.flow.name], log, stream) {
                if let code = $0?.code { log.reset(code) }
            }
        case .state(let state):
            await run(states[state.flow.name], state, stream) {
                if let code = $0?.code { state.reset(code) }
            }
        case .datagrams(let inputs):
            await run(datagrams[inputs.flow.name], inputs, stream) {
                if let code = $0?.code { inputs.reset(code) }
            }
        case .call(let call):
            await run(calls[call.flow.name], call, stream) { refusal in
                try? call.finish(refusal?.code ?? .ok, detail: refusal?.text ?? "")
                call.discardRequest()
            }
        }
    }

    private func run<Stream>(
        _ handler: (@Sendable (Stream) async throws -> Void)?,
        _ stream: Stream,
        _ whole: IncomingStream,
        finish: (CallRefusal?) -> Void
    ) async {
        do {
            if let handler {
                try await handler(stream)
            } else {
                try await others?(whole)
            }
            finish(nil)
        } catch let refusal as CallRefusal {
            finish(refusal)
        } catch let error as SessionError where error.kind == .tooLong {
            finish(CallRefusal(.limit, error.text))
        } catch {
            finish(CallRefusal(.failed))
        }
    }
}

/// What many sessions have in common.
final class SharedHandlers: Sendable {
    let handlers: SessionHandlers

    init(_ handlers: SessionHandlers) { self.handlers = handlers }
}
