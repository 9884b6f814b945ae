internal import HTTPCodec
internal import Sockets

/// The sending half of one exchange: head, leave to go on, body.
///
/// Rule 1. It never throws: how it ended is ``outcome``, because a response may come all the same.
/// Rule 2. When the body's own source fails, the stream is reset, so that nobody takes half a body for
///         a whole one, and whoever waits for the response learns of it.
/// Rule 3. A body that waits for leave is sent when it comes or its time is over, and never once the
///         final response is there.
final class RequestSending: Sendable {
    /// How it ended.
    enum Outcome {
        case unfinished
        case finished
        /// The server has answered without wanting the body.
        case notWanted
        /// The stream failed.
        case broken(SocketError)
        /// The body's source, or what it wrote, failed.
        case bodyFailed(any Error)
    }

    /// The body's source wrote more or less than it had announced.
    struct WrongLength: Error {
        let announced: UInt64
        let written: UInt64
    }

    /// What the two halves know of each other.
    struct Progress {
        var outcome = Outcome.unfinished
        /// Bytes handed to the stream.
        var size: UInt64 = 0
        var movedAt = Deadline.now
        /// Whether the body may be sent: unknown until the server says or the time is over.
        var leave: Bool?
    }

    private let progress = Lock(Progress())
    /// Only where leave is asked for.
    private let leaveSignal: Signal?
    private let stream: any ByteStream
    private let head: [UInt8]
    private let body: HTTPRequestBody
    private let framing: HTTPFraming
    private let asksForLeave: Bool
    private let configuration: HTTPClient.Configuration

    /// Bodies up to this are sent with the head, before the response is waited for.
    ///
    /// A socket's buffer takes it, so that no server can make both sides wait for each other.
    private static let inlineSizeLimit = 65_536

    init(
        _ request: HTTPClientRequest,
        _ body: HTTPRequestBody,
        over stream: any ByteStream,
        _ configuration: HTTPClient.Configuration
    ) throws(HTTPMessageError) {
        self.stream = stream
        self.body = body
        self.configuration = configuration
        framing = body.framing(for: request.method)
        asksForLeave = request.expectsContinue && framing != .none
        leaveSignal = asksForLeave ? Signal() : nil
        let message = request.head(with: configuration.fields, body: body)
        var bytes: [UInt8] = []
        try HTTPSerializer.append(
            message,
            framing: framing,
            connection: request.fields[.upgrade] == nil ? nil : .upgrade,
            to: &bytes
        )
        if !asksForLeave, case .bytes(let content) = body.content,
            content.count <= Self.inlineSizeLimit
        {
            bytes += content
        }
        head = bytes
    }

    /// Whether it ends without the server's help, and may go before the response is waited for.
    var isInline: Bool {
        if asksForLeave { return false }
        return switch body.content {
        case .none: true
        case .bytes(let bytes): bytes.count <= Self.inlineSizeLimit
        case .stream: false
        }
    }

    /// How it ended.
    var outcome: Outcome { progress.withLock { $0.outcome } }

    /// Bytes handed to the stream.
    var sentSize: UInt64 { progress.withLock { $0.size } }

    /// When the last of them was.
    var movedAt: Deadline { progress.withLock { $0.movedAt } }

    /// The server wants the body, or does not: the first answer counts.
    func decide(_ leave: Bool) {
        guard let leaveSignal else { return }
        progress.withLock { progress in if progress.leave == nil { progress.leave = leave } }
        leaveSignal.set()
    }

    /// Sends the request.
    func run() async {
        let outcome: Outcome
        do {
            try await send(head)
            if let leaveSignal, try await !mayGoOn(leaveSignal) {
                outcome = .notWanted
            } else {
                try await sendBody()
                outcome = .finished
            }
        } catch let failure as BodyFailure {
            stream.reset()
            outcome = .bodyFailed(failure.error)
        } catch let error as SocketError {
            // After a reset the response may still lie here (RFC 9112 §9.5); else nobody comes.
            if error.code != .reset, error.code != .brokenPipe { stream.close() }
            outcome = .broken(error)
        } catch {
            preconditionFailure("sending a request failed with \(error)")
        }
        progress.withLock { $0.outcome = outcome }
    }

    /// Sends bytes of the request at the pace that is allowed.
    func send(_ bytes: RawSpan) async throws(SocketError) {
        let count = UInt64(bytes.byteCount)
        let deadline = configuration.pace.map { Deadline.after($0.allowance(for: count)) } ?? .never
        do throws(SocketError) {
            try await withDeadline(deadline) { () async throws(SocketError) in
                try await stream.send(bytes)
            }
        } catch {
            progress.withLock { $0.size += UInt64(error.transferredCount) }
            throw error
        }
        progress.withLock { progress in
            progress.size += count
            progress.movedAt = .now
        }
    }

    /// Sends bytes of the request.
    func send(_ bytes: [UInt8]) async throws(SocketError) {
        try await unsafe send(bytes.span.bytes)
    }

    private func mayGoOn(_ signal: Signal) async throws(SocketError) -> Bool {
        let deadline = min(.after(configuration.continueTimeLimit), Deadline.current)
        if case .cancelled = await signal.wait(until: deadline) {
            throw SocketError(.cancelled, in: .send)
        }
        return progress.withLock { progress in
            let leave = progress.leave ?? true
            progress.leave = leave
            return leave
        }
    }

    private func sendBody() async throws {
        switch body.content {
        case .none: break
        case .bytes(let bytes): if !isInline { try await send(bytes) }
        case .stream(_, _, let source):
            let writer = HTTPRequestWriter(self, framing)
            do {
                try await source(writer)
                try await writer.finish()
            } catch let error as SocketError where error.operation == .send {
                throw error
            } catch {
                throw BodyFailure(error: error)
            }
        }
    }
}

/// What the body's source threw.
private struct BodyFailure: Error {
    let error: any Error
}
