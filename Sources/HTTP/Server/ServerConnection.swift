internal import HTTPCodec
internal import Sockets

/// One client's connection: requests come in order, and are answered in order.
///
/// Rule 1. Bytes of a request are taken from the stream only when somebody wants them: a handler that
///         does not read its body stops its client.
/// Rule 2. What is to be sent gathers in `output` and goes out before anything waits for the client:
///         answers to pipelined requests leave together, and no client waits for one that lies here.
/// Rule 3. After a violation, a failure or an answer that says so, the connection ends: where the next
///         request would begin is not known.
///
/// Belongs to the task that serves the connection.
final class ServerConnection {
    var stream: any ByteStream { timed.stream }
    let timed: TimedStream
    let client: HTTPClientIdentity
    /// Whose connection it is: its configuration is too large to copy for each.
    private let server: HTTPServer
    var configuration: HTTPServer.Configuration { server.configuration }
    let presence: ConnectionPresence

    var intake: RequestIntake
    private var output: [UInt8] = []
    /// The `Date` of answers, looked at once a second.
    var dateLine = DateLine()

    /// Of the request that is being answered: what was read of its body, and whether all of it was.
    private(set) var bodyProgress = BodyProgress()

    /// More than this is not kept for the next answer, so that idle connections stay small.
    ///
    /// What a small answer and its head take.
    private static let keptOutputSize = 1024

    /// Answers gather up to this before they are sent.
    ///
    /// Arbitrary: half of what a socket's buffer takes at once.
    private static let outputSizeLimit = 65_536

    init(
        _ stream: any ByteStream,
        client: HTTPClientIdentity,
        of server: HTTPServer,
        presence: ConnectionPresence
    ) {
        timed = TimedStream(stream)
        self.client = client
        self.server = server
        self.presence = presence
        intake = RequestIntake(limits: server.configuration.limits)
    }

    // MARK: Receiving

    /// The next request and its answer; nil when the client has ended or the server is stopping.
    ///
    /// Two objects and not a head, because what this keeps while it waits is what an idle connection
    /// costs.
    func nextExchange() async throws -> HTTPExchange? {
        bodyProgress = BodyProgress()
        var deadline: Deadline?
        while true {
            if let exchange = try takeExchange() { return exchange }
            try await flush()
            if deadline == nil, !intake.isIdle {
                deadline = .after(configuration.headTimeLimit)
                presence.becomeBusy()
            }
            if intake.isIdle, !presence.becomeIdle() { return nil }
            guard try await receiveHead(until: deadline) else { return nil }
        }
    }

    /// The next request, if all of its head has come.
    @inline(never)
    private func takeExchange() throws -> HTTPExchange? {
        guard case .head(let head) = try intake.next() else { return nil }
        presence.becomeBusy()
        return HTTPExchange(
            request: HTTPServerRequest(head, self),
            response: HTTPServerResponse(head, self)
        )
    }

    /// Receives more of a head, which has so long, or its beginning; false at the end of the stream.
    private func receiveHead(until deadline: Deadline?) async throws -> Bool {
        do throws(SocketError) {
            if try await receive(until: deadline ?? .after(configuration.idleLimit)) > 0 {
                return true
            }
        } catch {
            if error.code == .deadlinePassed {
                if intake.isIdle { return false }
                throw HTTPServerError.headTooSlow
            }
            // Between requests nothing is lost: browsers end TLS without saying so (RFC 9112 §9.8).
            let ends: [SocketError.Code] = [.closed, .reset, .unexpectedEnd]
            if intake.isIdle, ends.contains(error.code) { return false }
            throw error
        }
        if intake.finish() == .idle { return false }
        throw HTTPServerError.requestTruncated
    }

    /// Gives the next piece of the body to `take`; false at the body's end.
    ///
    /// The first call answers a client that waits for `100 Continue`.
    func nextBodyPart(_ take: (RawSpan) throws -> Void) async throws -> Bool {
        while !bodyProgress.isComplete {
            switch try intake.next(take) {
            case .body(let range):
                bodyProgress.size &+= UInt64(range.count)
                return true
            case .trailers(let fields): bodyProgress.trailers = fields
            case .end: bodyProgress.isComplete = true
            case .head: preconditionFailure("a head within a body")
            case nil: try await receiveBody()
            }
        }
        return false
    }

    private func receiveBody() async throws {
        if bodyProgress.owesContinue {
            bodyProgress.owesContinue = false
            append("HTTP/1.1 100 Continue\r\n\r\n")
        }
        try await flush()
        // Only the client's own time counts, not what a handler takes between two pieces.
        let allowance = configuration.pace.allowance(for: bodyProgress.size)
        let start = ContinuousClock.now
        let count: Int
        do throws(SocketError) {
            count = try await receive(until: .after(allowance - bodyProgress.waited))
        } catch {
            if error.code == .deadlinePassed { throw HTTPServerError.bodyTooSlow }
            throw error
        }
        bodyProgress.waited += start.duration(to: .now)
        if count == 0 { throw HTTPServerError.requestTruncated }
    }

    /// Says that the client waits for `100 Continue`.
    func oweContinue() { bodyProgress.owesContinue = true }

    /// Takes in what nobody read of a body; false when that is more than is worth it.
    func skipBody() async throws -> Bool {
        // A client that still waits for leave may send the body or not: nobody knows which.
        if bodyProgress.owesContinue { return false }
        let limit = bodyProgress.size &+ configuration.unreadBodyLimit
        while try await nextBodyPart({ _ in }) {
            if bodyProgress.size > limit { return false }
        }
        return true
    }

    private func receive(until deadline: Deadline) async throws(SocketError) -> Int {
        try await timed.receive(into: &intake.buffer, until: deadline)
    }

    // MARK: Sending

    /// Adds to what is to be sent.
    func append(_ text: StaticString) {
        unsafe output.append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start,
                count: text.utf8CodeUnitCount
            )
        )
    }

    /// Adds to what is to be sent.
    func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
    }

    /// Adds to what is to be sent.
    func write(_ body: (inout [UInt8]) throws -> Void) rethrows { try body(&output) }

    /// Sends when much has gathered.
    func flushIfLarge() async throws(SocketError) {
        if output.count >= Self.outputSizeLimit { try await flush() }
    }

    /// Sends what has gathered.
    func flush() async throws(SocketError) {
        guard !output.isEmpty else { return }
        var bytes = exchange(&output, with: [])
        try await unsafe timed.send(bytes.span.bytes, until: sendDeadline(bytes.count))
        if bytes.capacity <= Self.keptOutputSize {
            bytes.removeAll(keepingCapacity: true)
            output = bytes
        }
    }

    /// Sends bytes from where they are, after what has gathered.
    func send(_ bytes: RawSpan) async throws(SocketError) {
        if bytes.byteCount <= Self.outputSizeLimit / 2 {
            append(bytes)
            return try await flush()
        }
        try await flush()
        try await timed.send(bytes, until: sendDeadline(bytes.byteCount))
    }

    /// When so many bytes must have been taken.
    func sendDeadline(_ count: Int) -> Deadline {
        .after(configuration.pace.allowance(for: UInt64(count)))
    }

    // MARK: Ending

    /// Ends with an answer on its way: says so, and throws away what still comes for a moment, because
    /// closing with bytes unread resets the connection and may destroy the answer (RFC 9112 §9.6).
    func closeAfterAnswer() async {
        do throws(SocketError) {
            try await withDeadline(.after(configuration.lingerLimit)) {
                () async throws(SocketError) in
                try await flush()
                try await stream.finish()
                repeat {
                    intake.buffer.clear()
                } while try await stream.receive(into: &intake.buffer) > 0
            }
        } catch {
            // The client is gone, or does not stop: either way there is no more to be done.
        }
        stream.close()
    }
}

/// A request and the answer to it.
struct HTTPExchange {
    let request: HTTPServerRequest
    let response: HTTPServerResponse
}

/// How far a request's body has come.
struct BodyProgress {
    var isComplete = false
    var size: UInt64 = 0
    var trailers: HTTPFields = [:]
    /// The client waits for `100 Continue` before it sends anything (RFC 9110 §10.1.1).
    var owesContinue = false
    /// How long it was waited for.
    var waited = Duration.zero
}
